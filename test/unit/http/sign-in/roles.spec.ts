import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Claims } from '../../../../src/http/access/oidc/read-token.js';
import { parseRoleRules, roleFromClaims } from '../../../../src/http/access/sign-in/roles.js';

const RULES = 'admin=groups:platform-admins, approver=groups:cab,auditor=groups:audit,auditor=groups:auditors';
const roleOf = (claims: Claims, rules = RULES) => roleFromClaims(parseRoleRules(rules), claims);

describe('the role that claims give', () => {
  it.each([
    [{ groups: ['audit'] }, 'auditor'],
    [{ groups: ['auditors'] }, 'auditor'],
    [{ groups: 'cab' }, 'approver'],
    [{ groups: ['audit', 'cab'] }, 'approver'],
    [{ groups: ['audit', 'cab', 'platform-admins'] }, 'admin'],
  ])('is the highest that matches: %j', (claims, role) => {
    expect(roleOf(claims)).toBe(role);
  });

  it.each([
    [{}],
    [{ groups: [] }],
    [{ groups: ['Audit', 'audit ', 'audi', 'xaudit'] }],
    [{ groups: 'audit cab' }],
    [{ groups: [['audit']] }],
    [{ groups: { audit: true } }],
    [{ groups: null }],
    [{ roles: ['audit'] }],
    [Object.create({ groups: ['audit'] }) as Claims],
  ])('is none where no text is the very one: %j', (claims) => {
    expect(roleOf(claims)).toBeUndefined();
  });

  it('comes of a claim by its whole name first, then of one in an object', () => {
    const rules = 'admin=realm_access.roles:ops';
    expect(roleOf({ realm_access: { roles: ['ops'] } }, rules)).toBe('admin');
    expect(roleOf({ 'realm_access.roles': ['ops'] }, rules)).toBe('admin');
    expect(roleOf({ 'realm_access.roles': ['no'], realm_access: { roles: ['ops'] } }, rules)).toBeUndefined();
    expect(roleOf({ realm_access: null }, rules)).toBeUndefined();
    expect(roleOf({ a: {} }, 'admin=a.constructor.name:Object')).toBeUndefined();
  });

  it('may name what the setting itself is written with', () => {
    const rules = 'admin=https%3A//example.org/groups:cn%3Dops%2Cou=groups';
    expect(roleOf({ 'https://example.org/groups': ['cn=ops,ou=groups'] }, rules)).toBe('admin');
    expect(roleOf({ 'https://example.org/groups': ['cn=ops'] }, rules)).toBeUndefined();
    expect(roleOf({ groups: ['urn:example:ops'] }, 'admin=groups:urn:example:ops')).toBe('admin');
  });

  it('never is a pipeline’s, and never comes of values that no rule has, whatever the claims', () => {
    const rules = parseRoleRules(RULES);
    const values = new Set(rules.map(({ value }) => value));
    const value = fc.oneof(fc.constantFrom(...values), fc.string(), fc.constantFrom('pipeline', 'admin'));
    const claims = fc.dictionary(
      fc.constantFrom('groups', 'roles', 'role', 'sub'),
      fc.oneof(value, fc.array(value), fc.jsonValue()),
    );
    fc.assert(
      fc.property(claims, (given) => {
        const has = (names: readonly string[]) =>
          [given['groups']].flat(1).some((one) => typeof one === 'string' && names.includes(one));
        const expected = has(['platform-admins'])
          ? 'admin'
          : has(['cab'])
            ? 'approver'
            : has(['audit', 'auditors'])
              ? 'auditor'
              : undefined;
        expect(roleFromClaims(rules, given)).toBe(expected);
      }),
    );
  });
});

describe('a rule that is none', () => {
  it.each([
    ['pipeline=groups:ci', /gives the role pipeline/],
    ['owner=groups:x', /gives the role owner/],
    ['Admin=groups:x', /not of the form/],
    ['admin', /not of the form/],
    ['admin=groups', /not of the form/],
    ['admin=:x', /not of the form/],
    ['admin=groups:', /not of the form/],
    ['admin=groups:a b', /not of the form/],
    ['admin=groups:x;auditor=groups:y,z', /has z, which is not of the form/],
    ['admin=groups:50%', /write %25/],
  ])('is named: %s', (text, message) => {
    expect(() => parseRoleRules(text)).toThrow(message);
  });
});
