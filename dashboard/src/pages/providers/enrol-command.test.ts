import { describe, expect, it } from 'vitest';
import { doctorCommand, enrolCommand, isAgentName, serviceCommand } from './enrol-command.ts';

const rig = { marketplaceUrl: 'https://market.example', name: "rig's 1", token: 'n3_reg_x' };

describe('the command that enrols a machine', () => {
  it('is one line for a shell, with all that it needs quoted', () => {
    expect(enrolCommand('linux', rig)).toBe(
      `MARKETPLACE_URL=https://market.example AGENT_NAME='rig'\\''s 1' REGISTRATION_TOKEN=n3_reg_x npx node3 agent start`,
    );
    expect(enrolCommand('macos', { ...rig, token: null })).not.toContain('TOKEN');
    expect(enrolCommand('windows', rig)).toBe(
      `$env:MARKETPLACE_URL='https://market.example'; $env:AGENT_NAME='rig''s 1'; $env:REGISTRATION_TOKEN='n3_reg_x'; npx node3 agent start`,
    );
  });

  it('has a doctor beside it that looks at the same marketplace', () => {
    expect(doctorCommand('linux', 'https://market.example')).toBe(
      'MARKETPLACE_URL=https://market.example npx node3 agent doctor',
    );
    expect(doctorCommand('windows', 'https://market.example')).toBe(
      `$env:MARKETPLACE_URL='https://market.example'; npx node3 agent doctor`,
    );
  });

  it('has one that makes it a service of the same name at the same marketplace', () => {
    expect(serviceCommand('linux', rig)).toBe(
      `npx node3 init --provider --url https://market.example --name 'rig'\\''s 1'`,
    );
    expect(serviceCommand('windows', rig)).toBe(
      `npx node3 init --provider --url 'https://market.example' --name 'rig''s 1'`,
    );
  });

  it('is made for names that the marketplace takes', () => {
    expect(isAgentName('rig-1')).toBe(true);
    expect([' rig', '', 'a\nb', 'x'.repeat(65)].map(isAgentName)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
