import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { DURATION_PATTERN } from '../../domain/duration.js';
import { PATTERN_HINTS, PATTERNS, type PatternName } from './patterns.js';
import { normaliseTime } from './time.js';

/**
 * Decorators of DTO fields. Each is one check of class-validator, because the number of checks a field is what a
 * request costs, and at the same time the field's OpenAPI schema, so that the two cannot differ.
 */
interface FieldOptions {
  readonly description: string;
  readonly optional?: boolean;
}

interface Check {
  /** What is expected, as the end of "<field> must be …". */
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  readonly schema: Record<string, unknown>;
}

/** Text for people, or a version: 1 to `max` characters without control characters besides line ends and tabs. */
export const Text = (max: number, options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: `text of 1 to ${max} characters without control characters`,
      holds: (value) => typeof value === 'string' && value.length <= max && value.trim() !== '' && !CONTROL.test(value),
      schema: { type: 'string', minLength: 1, maxLength: max },
    },
    options,
  );

/** A name, id or digest of a known form. */
export const Name = (pattern: PatternName, options: FieldOptions): PropertyDecorator =>
  field(nameCheck(pattern), options);

/** Several of them, each once. */
export const Names = (
  pattern: PatternName,
  bounds: { min: number; max: number },
  options: FieldOptions,
): PropertyDecorator => {
  const one = nameCheck(pattern);
  return field(
    {
      expected: `a list of ${bounds.min} to ${bounds.max} different items, each ${PATTERN_HINTS[pattern]}`,
      holds: (value) => isListOf(value, bounds, one.holds),
      schema: { type: 'array', items: one.schema, minItems: bounds.min, maxItems: bounds.max, uniqueItems: true },
    },
    options,
  );
};

export const OneOf = (values: readonly string[], options: FieldOptions): PropertyDecorator =>
  field(oneOfCheck(values), options);

export const SomeOf = (values: readonly string[], options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: `a list of one or more of ${values.join(', ')}`,
      holds: (value) => isListOf(value, { min: 1, max: values.length }, oneOfCheck(values).holds),
      schema: { type: 'array', items: { type: 'string', enum: [...values] }, minItems: 1, uniqueItems: true },
    },
    options,
  );

export const Whole = (bounds: { min: number; max: number }, options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: `a whole number from ${bounds.min} to ${bounds.max}`,
      holds: (value) =>
        Number.isSafeInteger(value) && (value as number) >= bounds.min && (value as number) <= bounds.max,
      schema: { type: 'integer', minimum: bounds.min, maximum: bounds.max },
    },
    options,
  );

export const Flag = (options: FieldOptions): PropertyDecorator =>
  field(
    { expected: 'true or false', holds: (value) => typeof value === 'boolean', schema: { type: 'boolean' } },
    options,
  );

export const Time = (options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: 'an RFC 3339 time with its zone such as 2026-03-01T12:00:00Z',
      holds: (value) => typeof value === 'string' && normaliseTime(value) !== undefined,
      schema: { type: 'string', format: 'date-time' },
    },
    options,
  );

/** A moment of the ledger: a time, or a position in digits. */
export const Moment = (options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: 'an RFC 3339 time with its zone such as 2026-03-01T12:00:00Z, or a position',
      holds: (value) => typeof value === 'string' && (PATTERNS.count.test(value) || normaliseTime(value) !== undefined),
      schema: { type: 'string' },
    },
    options,
  );

/** `nullable`: null says "without bound". */
export const Duration = (options: FieldOptions & { nullable?: boolean }): PropertyDecorator =>
  field(
    {
      expected: `an ISO 8601 duration of weeks, days, hours, minutes and seconds such as P2DT6H${options.nullable ? ', or null' : ''}`,
      holds: (value) =>
        (typeof value === 'string' && DURATION_PATTERN.test(value)) || (value === null && !!options.nullable),
      schema: { type: options.nullable ? ['string', 'null'] : 'string', format: 'duration' },
    },
    options,
  );

/** An http(s) address, or another absolute URI such as `oci:…`. */
export const Uri = (options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: 'an absolute URI of at most 1000 visible characters',
      holds: (value) =>
        typeof value === 'string' && value.length <= 1000 && /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(value),
      schema: { type: 'string', format: 'uri', maxLength: 1000 },
    },
    options,
  );

/** An object whose inside is somebody else's format: whoever understands it checks it. */
export const Foreign = (options: FieldOptions): PropertyDecorator =>
  field({ expected: 'an object', holds: isObject, schema: { type: 'object', additionalProperties: true } }, options);

const nestedTypes = new Map<object, Map<string, () => new () => object>>();

/** An object of its own DTO. */
export function Nested(
  type: () => new () => object,
  options: FieldOptions & { list?: { max: number } },
): PropertyDecorator {
  const { list, description } = options;
  return (target, property) => {
    const known = nestedTypes.get(target) ?? new Map<string, () => new () => object>();
    nestedTypes.set(target, known.set(String(property), type));
    const check: Check = list
      ? {
          expected: `a list of at most ${list.max} objects`,
          holds: (value) => isListOf(value, { min: 0, max: list.max }, isObject, false),
          schema: {},
        }
      : { expected: 'an object', holds: isObject, schema: {} };
    ValidateBy(validatorOf(check))(target, property);
    ValidateNested()(target, property);
    if (options.optional) ValidateIf((_, value) => value !== undefined)(target, property);
    const schema = { type, isArray: list !== undefined, description, required: !options.optional };
    ApiProperty(schema)(target, property);
  };
}

/** The DTO of a nested field, if it is one; a field may be declared by a class that the DTO extends. */
export function nestedTypeOf(prototype: object, property: string): (new () => object) | undefined {
  for (let own: object | null = prototype; own; own = Object.getPrototypeOf(own) as object | null) {
    const type = nestedTypes.get(own)?.get(property);
    if (type) return type();
  }
  return undefined;
}

/** A query parameter that can be repeated, a repetition meaning "or". */
export const Many = (pattern: PatternName, options: FieldOptions): PropertyDecorator => {
  const one = nameCheck(pattern);
  return manyOf(one, options);
};

export const ManyOf = (values: readonly string[], options: FieldOptions): PropertyDecorator =>
  manyOf(oneOfCheck(values), options);

/** Names of a known set, repeated or with commas between them. */
export const NamesOf = (values: readonly string[], options: FieldOptions): PropertyDecorator =>
  field(
    {
      expected: `some of ${values.join(', ')}, repeated or with commas between them`,
      holds: (value) => {
        const names = namesIn(value);
        return names.length > 0 && names.length <= values.length && names.every((name) => values.includes(name));
      },
      schema: { type: 'array', items: { type: 'string', enum: [...values] } },
    },
    { ...options, optional: true },
  );

/** The names in a value that {@link NamesOf} has checked. */
export function namesIn(value: unknown): string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.flatMap((names) => (typeof names === 'string' ? names.split(',') : ['']));
}

const MANY_MAX = 50;

function manyOf(one: Check, options: FieldOptions): PropertyDecorator {
  return field(
    {
      expected: `${one.expected}, at most ${MANY_MAX} times`,
      holds: (value) =>
        Array.isArray(value) ? isListOf(value, { min: 1, max: MANY_MAX }, one.holds, false) : one.holds(value),
      schema: { type: 'array', items: one.schema, maxItems: MANY_MAX },
    },
    { ...options, optional: true },
  );
}

/** Control characters besides tab, line feed and carriage return. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

function nameCheck(pattern: PatternName): Check {
  const expression = PATTERNS[pattern];
  return {
    expected: PATTERN_HINTS[pattern],
    holds: (value) => typeof value === 'string' && expression.test(value),
    schema: { type: 'string', pattern: expression.source },
  };
}

const oneOfCheck = (values: readonly string[]): Check => ({
  expected: `one of ${values.join(', ')}`,
  holds: (value) => typeof value === 'string' && values.includes(value),
  schema: { type: 'string', enum: [...values] },
});

function field(check: Check, { description, optional }: FieldOptions): PropertyDecorator {
  return (target, property) => {
    ValidateBy(validatorOf(check))(target, property);
    if (optional) ValidateIf((_, value) => value !== undefined)(target, property);
    const schema = { ...check.schema, description, required: !optional };
    ApiProperty(schema)(target, property);
  };
}

const validatorOf = ({ holds, expected }: Check) => ({
  name: 'field',
  validator: {
    validate: holds,
    defaultMessage: (args?: { value?: unknown }) =>
      args?.value === undefined ? `is missing: it must be ${expected}` : `must be ${expected}`,
  },
});

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function isListOf(
  value: unknown,
  { min, max }: { min: number; max: number },
  holds: (item: unknown) => boolean,
  distinct = true,
): boolean {
  if (!Array.isArray(value) || value.length < min || value.length > max) return false;
  return value.every(holds) && (!distinct || new Set(value).size === value.length);
}
