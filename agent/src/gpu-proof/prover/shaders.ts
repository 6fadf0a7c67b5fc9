/**
 * The kernels, in WGSL: the same integers as shared/src/gpu-proof, which checks them. A line lies in
 * memory as four vectors; `fill` writes every line of one region, `start` places the lanes, `walk`
 * lets them read in one region. Workgroups are in two dimensions, since one has room for 65 535 only.
 */
export const workgroupSize = 256;

export const shaders = /* wgsl */ `
struct Work {
  key: array<vec4<u32>, 2>,
  walk: array<vec4<u32>, 2>,
  region: u32,
  lines: u32,
  rounds: u32,
  lanes: u32,
  reads: u32,
}
@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read_write> memory: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> states: array<vec4<u32>>;

fn rotate(v: vec4<u32>, bits: u32) -> vec4<u32> {
  return (v << vec4(bits)) | (v >> vec4(32u - bits));
}

fn rotateOne(v: u32, bits: u32) -> u32 {
  return (v << bits) | (v >> (32u - bits));
}

fn absorb(state: vec4<u32>, words: vec4<u32>) -> vec4<u32> {
  return quarterRound(state + words);
}

fn quarterRound(state: vec4<u32>) -> vec4<u32> {
  var s = state;
  s.x += s.y; s.w = rotateOne(s.w ^ s.x, 16u);
  s.z += s.w; s.y = rotateOne(s.y ^ s.z, 12u);
  s.x += s.y; s.w = rotateOne(s.w ^ s.x, 8u);
  s.z += s.w; s.y = rotateOne(s.y ^ s.z, 7u);
  return s;
}

fn place(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (group.y * groups.x + group.x) * ${workgroupSize}u + local;
}

@compute @workgroup_size(${workgroupSize})
fn fill(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let line = place(group, groups, local);
  if (line >= work.lines) { return; }
  let constants = vec4<u32>(0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u);
  let last = vec4<u32>(line, work.region, 0u, 0u);
  var a = constants;
  var b = work.key[0];
  var c = work.key[1];
  var d = last;
  for (var round = 0u; round < work.rounds; round += 2u) {
    a += b; d = rotate(d ^ a, 16u);
    c += d; b = rotate(b ^ c, 12u);
    a += b; d = rotate(d ^ a, 8u);
    c += d; b = rotate(b ^ c, 7u);
    b = b.yzwx; c = c.zwxy; d = d.wxyz;
    a += b; d = rotate(d ^ a, 16u);
    c += d; b = rotate(b ^ c, 12u);
    a += b; d = rotate(d ^ a, 8u);
    c += d; b = rotate(b ^ c, 7u);
    b = b.wxyz; c = c.zwxy; d = d.yzwx;
  }
  memory[line * 4u] = a + constants;
  memory[line * 4u + 1u] = b + work.key[0];
  memory[line * 4u + 2u] = c + work.key[1];
  memory[line * 4u + 3u] = d + last;
}

@compute @workgroup_size(${workgroupSize})
fn start(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let lane = place(group, groups, local);
  if (lane >= work.lanes) { return; }
  var state = work.walk[0];
  state.x ^= lane;
  states[lane] = absorb(quarterRound(state), work.walk[1]);
}

@compute @workgroup_size(${workgroupSize})
fn walk(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let lane = place(group, groups, local);
  if (lane >= work.lanes) { return; }
  var state = states[lane];
  for (var read = 0u; read < work.reads; read += 1u) {
    let line = (state.x & (work.lines - 1u)) * 4u;
    let first = memory[line];
    let second = memory[line + 1u];
    let third = memory[line + 2u];
    let fourth = memory[line + 3u];
    state = absorb(absorb(absorb(absorb(state, first), second), third), fourth);
  }
  states[lane] = state;
}
`;
