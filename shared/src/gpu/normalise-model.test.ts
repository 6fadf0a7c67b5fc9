import { describe, expect, it } from 'vitest';
import { geforceModels } from './catalog/geforce-models.ts';
import { nvidiaProModels } from './catalog/nvidia-pro-models.ts';
import { otherModels } from './catalog/other-models.ts';
import { findModel, modelById } from './normalise-model.ts';

function find(name: string, mib: number | null = null, pciModel: string | null = null) {
  return findModel({ name, memoryBytes: mib === null ? null : mib * 1_048_576, pciModel });
}

describe('model names', () => {
  it.each([
    ['NVIDIA GeForce RTX 4090', 24564, 'rtx-4090'],
    ['NVIDIA GeForce RTX 4090', 49140, 'rtx-4090-48gb'],
    ['GeForce RTX 3060 Ti', 8192, 'rtx-3060-ti'],
    ['RTX_4070S_Ti', 16376, 'rtx-4070-ti-super'],
    ['AD104 [GeForce RTX 4070 SUPER]', 12282, 'rtx-4070-super'],
    ['NVIDIA L4', 23034, 'l4'],
    ['NVIDIA H100 80GB HBM3', 81559, 'h100-sxm'],
    ['h100-80gb-hbm3', null, 'h100-sxm'],
    ['A100-PCIE-40GB', 40536, 'a100-40gb-pcie'],
    ['NVIDIA RTX 6000 Ada Generation', 49140, 'rtx-6000-ada'],
    ['Quadro RTX 6000', 24576, 'quadro-rtx-6000'],
    ['rtx-4090', null, 'rtx-4090'],
  ])('%s with %s MiB is %s', (name, mib, id) => {
    expect(find(name, mib).modelId).toBe(id);
  });

  it('keeps a family open until a fact decides', () => {
    expect(find('a100')).toMatchObject({ modelId: null, memoryMismatch: false });
    expect(find('a100').candidates).toHaveLength(4);
    expect(find('A100-SXM4', 81920).modelId).toBe('a100-80gb-sxm');
    expect(find('A100', 81920, '10de:20b5').modelId).toBe('a100-80gb-pcie');
  });

  it('never takes the nearest name', () => {
    for (const name of ['RTX 4095', 'RTX 6000', 'Demo GPU', 'llvmpipe (LLVM 19.1.7)', '', 'k100']) {
      expect(find(name), name).toMatchObject({ modelId: null, candidates: [] });
    }
  });

  it('falls back to the PCI id for a name that says nothing', () => {
    expect(find('Graphics Device', 5912, '10de:2182').modelId).toBe('gtx-1660-ti');
    expect(find('Device 747e', 16368, '1002:747e:c8').modelId).toBe('rx-7800-xt');
  });

  it('refuses a name that its memory contradicts', () => {
    expect(find('NVIDIA GeForce RTX 4090', 6144)).toEqual({
      modelId: null,
      candidates: [],
      memoryMismatch: true,
    });
  });

  it('finds every model of the catalogue by its own id and name', () => {
    for (const model of [...geforceModels, ...nvidiaProModels, ...otherModels]) {
      const mib = model.byMemoryOnly ? (model.memoryMib[0] ?? null) : null;
      expect(find(model.id, mib).candidates, model.id).toContain(model.id);
      expect(find(model.name, mib).candidates, model.name).toContain(model.id);
      expect(modelById(model.id)).toBe(model);
    }
  });
});
