import { filledBytes, laneBytes, type ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { ProofError } from '../proof-error.ts';
import { shaders, workgroupSize } from './shaders.ts';

/** What the kernels read besides memory: see `Work` in shaders.ts. */
const workBytes = 96;
/** WebGPU promises as many workgroups in one dimension. */
const groupsPerRow = 32_768;

/** The memory of one device while it is proven. */
export class DeviceMemory {
  readonly #device: GPUDevice;
  readonly #plan: ProofPlan;
  readonly #works: GPUBuffer[] = [];
  readonly #groups: GPUBindGroup[] = [];
  readonly #states: GPUBuffer;
  readonly #bindGroupLayout: GPUBindGroupLayout;
  readonly #layout: GPUPipelineLayout;
  readonly #module: GPUShaderModule;

  /** @throws ProofError `region-too-large`, `not-enough-memory`. */
  static async allocate(adapter: GPUAdapter, plan: ProofPlan): Promise<DeviceMemory> {
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    const regionBytes = filledBytes({ ...plan, regions: 1 });
    const statesBytes = plan.lanes * laneBytes;
    if (Math.max(regionBytes, statesBytes) > Math.min(maxBufferSize, maxStorageBufferBindingSize)) {
      const detail = `The driver gives buffers of ${maxStorageBufferBindingSize} bytes, and ${regionBytes} are asked for.`;
      throw new ProofError('region-too-large', detail);
    }
    const device = await adapter.requestDevice({
      requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
    });
    const memory = new DeviceMemory(device, plan);
    for (let region = 0; region < plan.regions; region += 1) {
      if (await memory.#addRegion(region, regionBytes)) continue;
      device.destroy();
      const detail = `Only ${region * regionBytes} of ${filledBytes(plan)} bytes could be had.`;
      throw new ProofError('not-enough-memory', detail);
    }
    return memory;
  }

  private constructor(device: GPUDevice, plan: ProofPlan) {
    this.#device = device;
    this.#plan = plan;
    this.#module = device.createShaderModule({ code: shaders });
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#states = device.createBuffer({ size: plan.lanes * laneBytes, usage });
    const visibility = GPUShaderStage.COMPUTE;
    const bindings = (['uniform', 'storage', 'storage'] as const).map((type, binding) => ({
      binding,
      visibility,
      buffer: { type },
    }));
    const bindGroupLayout = device.createBindGroupLayout({ entries: bindings });
    this.#bindGroupLayout = bindGroupLayout;
    this.#layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] });
  }

  /** Writes every line. Resolves when the device has done it. */
  async fillLines(key: Uint32Array): Promise<void> {
    const { regions, regionLines } = this.#plan;
    for (let region = 0; region < regions; region += 1) this.#tell(region, key);
    const pipeline = await this.#pipeline('fill');
    for (let region = 0; region < regions; region += 1) {
      this.#submit((pass) => this.#dispatch(pass, pipeline, region, regionLines));
    }
    await this.#device.queue.onSubmittedWorkDone();
  }

  /** @returns the ends of all lanes, 16 bytes each. */
  async walk(fillKey: Uint32Array, walkKey: Uint32Array): Promise<Buffer> {
    const { lanes, passes, regions } = this.#plan;
    for (let region = 0; region < regions; region += 1) this.#tell(region, fillKey, walkKey);
    const [start, walk] = await Promise.all([this.#pipeline('start'), this.#pipeline('walk')]);
    this.#submit((pass) => this.#dispatch(pass, start, 0, lanes));
    for (let visit = 0; visit < passes; visit += 1) {
      // One submission for each pass: a driver ends what keeps the device for seconds.
      this.#submit((pass) => {
        for (let region = 0; region < regions; region += 1) {
          this.#dispatch(pass, walk, region, lanes);
        }
      });
    }
    return this.#readStates();
  }

  /** Gives the memory back. */
  free(): void {
    this.#device.destroy();
  }

  get lost(): Promise<GPUDeviceLostInfo> {
    return this.#device.lost;
  }

  async #addRegion(region: number, size: number): Promise<boolean> {
    const device = this.#device;
    device.pushErrorScope('out-of-memory');
    const memory = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
    if ((await device.popErrorScope()) !== null) return false;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const work = device.createBuffer({ size: workBytes, usage });
    const buffers = [work, memory, this.#states];
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    this.#groups[region] = device.createBindGroup({ layout: this.#bindGroupLayout, entries });
    this.#works[region] = work;
    return true;
  }

  #tell(region: number, fillKey: Uint32Array, walkKey: Uint32Array = new Uint32Array(8)): void {
    const { lanes, reads, regionLines, rounds } = this.#plan;
    const words = [...fillKey, ...walkKey, region, regionLines, rounds, lanes, reads, 0, 0, 0];
    const work = this.#works[region] as GPUBuffer;
    this.#device.queue.writeBuffer(work, 0, Uint32Array.from(words).buffer);
  }

  #pipeline(entryPoint: 'fill' | 'start' | 'walk'): Promise<GPUComputePipeline> {
    const compute = { module: this.#module, entryPoint };
    return this.#device.createComputePipelineAsync({ layout: this.#layout, compute });
  }

  #submit(record: (pass: GPUComputePassEncoder) => void): void {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    record(pass);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  #dispatch(
    pass: GPUComputePassEncoder,
    pipeline: GPUComputePipeline,
    region: number,
    threads: number,
  ): void {
    const groups = Math.ceil(threads / workgroupSize);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#groups[region]);
    pass.dispatchWorkgroups(Math.min(groups, groupsPerRow), Math.ceil(groups / groupsPerRow));
  }

  async #readStates(): Promise<Buffer> {
    const size = this.#plan.lanes * laneBytes;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const read = this.#device.createBuffer({ size, usage });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.#states, 0, read, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    const lanes = Buffer.from(read.getMappedRange().slice(0));
    read.destroy();
    return lanes;
  }
}
