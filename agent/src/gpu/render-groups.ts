import type { AgentDevice } from './device.ts';
import type { HostFiles } from './host-files.ts';

/** @returns the devices with the groups that may open their files: containers join them. */
export async function withRenderGroups(
  files: HostFiles,
  devices: readonly AgentDevice[],
): Promise<AgentDevice[]> {
  const complete: AgentDevice[] = [];
  for (const device of devices) {
    const paths = device.vendor === 'amd' ? ['/dev/kfd', device.renderNode] : [device.renderNode];
    const groupIds = new Set<number>();
    for (const path of paths) {
      const group = path === undefined ? null : await files.group(path);
      if (group !== null) groupIds.add(group);
    }
    complete.push(groupIds.size === 0 ? device : { ...device, groupIds: [...groupIds] });
  }
  return complete;
}
