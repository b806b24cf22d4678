import { describe, expect, it } from '@jest/globals';
import type { ConfigError } from '../../../../src/config.js';
import { loadConfig } from '../../../../src/config.js';

const GIVEN = {
  CAIRN_SIGN_IN_ISSUER: 'https://login.example.org/realms/a',
  CAIRN_SIGN_IN_CLIENT_ID: 'cairn',
  CAIRN_SIGN_IN_ROLES: 'admin=groups:ops',
  CAIRN_PUBLIC_URL: 'https://cairn.example.org/',
};

const refusalOf = (settings: Record<string, string>): ConfigError => {
  try {
    loadConfig(settings);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error('the settings were taken');
};

describe('the settings of signing in', () => {
  it('are none by default, and a public address alone says nothing of it', () => {
    expect(loadConfig({}).signIn).toBeUndefined();
    expect(loadConfig({ CAIRN_PUBLIC_URL: 'https://cairn.example.org' }).signIn).toBeUndefined();
  });

  it('are read together', () => {
    expect(loadConfig({ ...GIVEN, CAIRN_SIGN_IN_SCOPE: ' openid  groups ' }).signIn).toEqual({
      issuer: 'https://login.example.org/realms/a',
      clientId: 'cairn',
      roles: [{ role: 'admin', claim: 'groups', value: 'ops' }],
      scope: 'openid groups',
      publicUrl: 'https://cairn.example.org',
    });
    expect(loadConfig({ ...GIVEN, CAIRN_SIGN_IN_CLIENT_SECRET: 'hush' }).signIn?.clientSecret).toBe('hush');
  });

  it('may name this machine without TLS', () => {
    const local = { CAIRN_SIGN_IN_ISSUER: 'http://127.0.0.1:8080', CAIRN_PUBLIC_URL: 'http://localhost:3000' };
    expect(loadConfig({ ...GIVEN, ...local }).signIn).toMatchObject({
      issuer: 'http://127.0.0.1:8080',
      publicUrl: 'http://localhost:3000',
    });
  });

  it.each(['CAIRN_SIGN_IN_CLIENT_ID', 'CAIRN_SIGN_IN_ROLES', 'CAIRN_PUBLIC_URL'])('need %s with an issuer', (name) => {
    expect(refusalOf({ ...GIVEN, [name]: '' })).toMatchObject({ name: 'ConfigError', setting: name });
  });

  it.each([
    ['CAIRN_SIGN_IN_CLIENT_ID', 'cairn'],
    ['CAIRN_SIGN_IN_CLIENT_SECRET', 'hush'],
    ['CAIRN_SIGN_IN_ROLES', 'admin=groups:ops'],
  ])('need an issuer with %s', (name, value) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal).toMatchObject({ setting: name, message: expect.stringContaining('CAIRN_SIGN_IN_ISSUER') });
    expect(refusal.message).not.toContain('hush');
  });

  it.each([
    ['CAIRN_SIGN_IN_ISSUER', 'login.example.org'],
    ['CAIRN_SIGN_IN_ISSUER', 'http://login.example.org'],
    ['CAIRN_SIGN_IN_ISSUER', 'https://user:word@login.example.org'],
    ['CAIRN_SIGN_IN_ISSUER', 'https://login.example.org?x=1'],
    ['CAIRN_SIGN_IN_ISSUER', 'https://login.example.org#'],
    ['CAIRN_PUBLIC_URL', 'http://cairn.example.org'],
    ['CAIRN_PUBLIC_URL', 'https://cairn.example.org/ledger'],
    ['CAIRN_PUBLIC_URL', 'cairn'],
    ['CAIRN_SIGN_IN_SCOPE', 'groups'],
    ['CAIRN_SIGN_IN_SCOPE', 'openid "x"'],
    ['CAIRN_SIGN_IN_ROLES', 'pipeline=groups:ci'],
    ['CAIRN_SIGN_IN_ROLES', 'admin:ops'],
  ])('do not take %s=%s', (name, value) => {
    expect(refusalOf({ ...GIVEN, [name]: value })).toMatchObject({ name: 'ConfigError', setting: name });
  });
});
