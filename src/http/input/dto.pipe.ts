import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { readDto } from './read-dto.js';

/** Checks a body or a query against the DTO that the handler's parameter is declared as. */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('a parameter that is read from a request needs a DTO');
    return readDto(metatype as new () => object, value);
  }
}

/** One for all: it has no state. */
export const DTO = new DtoPipe();
