/** What images the provider takes, and how much of the disk they may use. */
export interface ImagePolicy {
  /**
   * Hosts of registries, each with or without its port; null takes every public one. A host that is named here may
   * be on the provider's own network, since the provider said so.
   */
  registries: readonly string[] | null;
  /** Of all layers as they travel, which is less than what they take on disk. */
  bytesMax: number;
  /** For the images that jobs brought here; those of the provider are not counted and never removed. */
  cacheBytesMax: number;
}

const gibibyte = 1024 ** 3;

export const imagePolicyUsual: ImagePolicy = {
  registries: null,
  // The largest images with CUDA and a model in them have some twenty.
  bytesMax: 32 * gibibyte,
  cacheBytesMax: 96 * gibibyte,
};

/** How the engine's usual registry is called in a list of registries. */
export const usualRegistry = 'docker.io';
