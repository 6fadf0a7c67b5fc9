import { describe, expect, it } from 'vitest';
import { readSeccompProfile } from './seccomp-profile.ts';

interface Profile {
  defaultAction: string;
  syscalls: { names: string[]; action: string; args?: unknown[] }[];
}

describe('the seccomp profile', () => {
  const profile = JSON.parse(readSeccompProfile()) as Profile;
  const allowed = profile.syscalls
    .filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined)
    .flatMap(({ names }) => names);

  it('refuses what it does not name', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
  });

  it.each(
    'io_uring_setup ptrace bpf keyctl add_key mount unshare setns userfaultfd perf_event_open modify_ldt process_vm_readv kexec_load init_module open_by_handle_at chroot socket clone clone3 personality socketcall'.split(
      ' ',
    ),
  )('never allows %s without a condition', (name) => {
    expect(allowed).not.toContain(name);
  });

  it('names no call twice', () => {
    expect(new Set(allowed).size).toBe(allowed.length);
  });
});
