/** What WebGPU says of a device. */
export type AdapterInfo = Pick<GPUAdapterInfo, 'description' | 'device' | 'isFallbackAdapter'>;

/** Names of programs that play a GPU on the processor, or on somebody else's. */
const softwareNames =
  /llvmpipe|lavapipe|swiftshader|basic render|\bwarp\b|pocl|paravirtual|virtio/i;

/** @param name the driver's words, where WebGPU lists them. */
export function isSoftwareAdapter(info: AdapterInfo, name = ''): boolean {
  const { description, device, isFallbackAdapter } = info;
  return isFallbackAdapter || softwareNames.test(`${name} ${device} ${description}`);
}
