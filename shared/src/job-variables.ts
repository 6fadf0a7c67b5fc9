/** Names that steer which devices a program sees: the agent sets them to the leased ones. */
export const deviceVariable =
  /^(?:NVIDIA_.*|CUDA_VISIBLE_DEVICES|ROCR_VISIBLE_DEVICES|HIP_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL|ZE_AFFINITY_MASK)$/;

/** Names that steer the dynamic loader, and those by which the agent tells a job what it has. */
export const agentVariable = /^(?:LD_.*|DYLD_.*|NODE3_.*|JOB_ID|INPUT_DIR|OUTPUT_DIR|SECRETS_DIR)$/;
