import { type Static, Type } from 'typebox';
import { nullable, strictObject } from './schema.ts';

const count = (description: string) => nullable(Type.Integer({ minimum: 0, description }));

/** How far an agent is with the image of a job; what the registry or the engine does not tell is null. */
export const ImagePull = strictObject({
  bytesDone: count('Bytes fetched of the layers that were missing'),
  bytesTotal: count('Bytes of the layers that were missing, as they travel'),
  layersDone: count('Layers that are ready'),
  layersTotal: count('Layers of the image'),
});
export type ImagePull = Static<typeof ImagePull>;
