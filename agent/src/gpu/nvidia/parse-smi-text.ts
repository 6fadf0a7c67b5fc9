import { newSection, type SmiDocument, type SmiSection, sectionDepthMax } from './smi-section.ts';

/** Text labels that have another name in the XML; the XML's is used for both. */
const xmlNames: Record<string, string> = {
  bus_id: 'pci_bus_id',
  device_id: 'pci_device_id',
  gpu_current_temp: 'gpu_temp',
  gpu_uuid: 'uuid',
  shared_fb_memory_usage: 'fb_memory_usage',
};

/**
 * Reads the indented text of `nvidia-smi -q`, and the flat text of `nvidia-smi --version`. It is
 * the fallback for an XML report that can't be read.
 * @returns `null` when no line looks like a report.
 */
export function parseSmiText(output: string): SmiDocument | null {
  const root = newSection('nvidia_smi_log', null);
  const open: { section: SmiSection; indent: number }[] = [{ section: root, indent: -1 }];
  const notices: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('=')) continue;
    const indent = line.length - line.trimStart().length;
    const entry = sectionOf(line.trim());
    const isHeading = !line.includes(' : ');
    if (isHeading && indent === 0 && entry.id === null) {
      notices.push(line.trim());
      continue;
    }
    while (open.length > 1 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    open.at(-1)?.section.children.push(entry);
    if (isHeading && open.length <= sectionDepthMax) open.push({ section: entry, indent });
  }
  if (root.children.length === 0) return null;
  // The text form has no end mark, so only a card without its last sections can show a cut.
  return { root, complete: true, notices };
}

function sectionOf(line: string): SmiSection {
  const gpu = /^GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])$/.exec(line);
  if (gpu?.[1] !== undefined) return newSection('gpu', gpu[1]);
  const [label = '', ...rest] = line.split(/\s+: /);
  const name = label
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return { ...newSection(xmlNames[name] ?? name, null), text: rest.join(' : ').trim() };
}
