import { validateSync, type ValidationError } from 'class-validator';
import { problem } from '../problems/problem.js';
import { nestedTypeOf } from './fields.js';
import { rememberValidationMetadata } from './validation-metadata.js';

/** What is wrong with one field. */
export interface FieldError {
  /** Path of the field: `change.type`. */
  readonly field: string;
  readonly detail: string;
}

rememberValidationMetadata();

const RULES = { forbidUnknownValues: true, whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true };

/**
 * The value as a checked DTO: every field known, of its form and within its bounds.
 *
 * @throws HttpProblem `invalid-request` that names each field that is not
 */
export function readDto<T extends object>(type: new () => T, value: unknown): T {
  // A body left out is an empty object: the fields that are then missing are named like any other.
  const given = value ?? {};
  if (typeof given !== 'object' || Array.isArray(given) || value === null) {
    throw problem('invalid-request', 'A JSON object is expected.');
  }
  const dto = instantiate(type, given as Record<string, unknown>);
  const invalid = validateSync(dto, RULES);
  if (invalid.length > 0) throw invalidRequest(flatten(invalid, ''));
  return dto;
}

/** A problem that names the fields. */
export function invalidRequest(errors: readonly FieldError[]): Error {
  const detail = errors.map((error) => `${error.field} ${error.detail}.`).join(' ');
  return problem('invalid-request', detail, { errors });
}

function instantiate<T extends object>(type: new () => T, value: Record<string, unknown>): T {
  const instance = new type();
  const target = instance as Record<string, unknown>;
  for (const key of Object.keys(value)) {
    // Set on an instance, these would change what it is instead of being seen as unknown.
    if (key === '__proto__' || key === 'constructor')
      throw invalidRequest([{ field: key, detail: 'is not a known field' }]);
    const nested = nestedTypeOf(type.prototype as object, key);
    target[key] = nested ? instantiateNested(nested, value[key]) : value[key];
  }
  return instance;
}

function instantiateNested(type: new () => object, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => instantiateNested(type, item));
  if (typeof value !== 'object' || value === null) return value;
  return instantiate(type, value as Record<string, unknown>);
}

const ERRORS_MAX = 20;

function flatten(invalid: readonly ValidationError[], prefix: string): FieldError[] {
  const errors = invalid.flatMap(({ property, constraints = {}, children = [] }) => {
    const shown = property.length > 60 ? `${property.slice(0, 60)}…` : property;
    const field = `${prefix}${shown}`;
    const own = Object.entries(constraints)
      .slice(0, 1)
      .map(([name, detail]) => ({ field, detail: name === 'whitelistValidation' ? 'is not a known field' : detail }));
    return [...own, ...(own.length === 0 ? flatten(children, `${field}.`) : [])];
  });
  return errors.slice(0, ERRORS_MAX);
}
