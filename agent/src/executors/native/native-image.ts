/** The image name that means: no image, the command runs on the provider's own system. */
export const nativeImage = 'native';
