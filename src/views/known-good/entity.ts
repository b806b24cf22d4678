import { Entity, Index } from 'typeorm';
import { KeyPosition, KeyText, OptionalText, Position, Text } from '../columns.js';

/** Every service that was ever live in an environment: where the search for a state at a moment starts. */
@Entity({ name: 'known_good_services', withoutRowid: true })
export class KnownGoodService {
  @KeyText() environment: string;
  @KeyText() service: string;
}

/**
 * What a service ran from a position on, until the service's next row. Rows are only ever added: the state at a moment
 * is the newest row up to it, which one seek finds however long the history is.
 *
 * Along a service's rows neither positions nor `sinceOccurredAt` go back (a change out of order is refused).
 */
@Entity({ name: 'known_good_intervals', withoutRowid: true })
@Index('known_good_intervals_by_occurrence', ['environment', 'service', 'sinceOccurredAt', 'sincePosition'])
@Index('known_good_intervals_by_digest', ['digest', 'environment', 'service', 'sincePosition'])
export class KnownGoodInterval {
  @KeyText() environment: string;
  @KeyText() service: string;
  @KeyPosition() sincePosition: number;
  @Text() sinceRecordedAt: string;
  @Text() sinceOccurredAt: string;
  /** Revision, in the environment's stream, of the event that began the interval. */
  @Position() revision: number;
  /** How the interval before this one ended; null where nothing was live. */
  @OptionalText() endedBefore: 'replaced' | 'rolled-back' | 'retired' | null;
  /** What is live from here on; null, as are the columns below, when the service was retired. */
  @OptionalText() digest: string | null;
  @OptionalText() component: string | null;
  @OptionalText() version: string | null;
  @OptionalText() layer: string | null;
  @OptionalText() changeId: string | null;
}

/** The digests of a service that were replaced and not yet recycled, from a position on. */
@Entity({ name: 'known_good_deprecations', withoutRowid: true })
export class KnownGoodDeprecation {
  @KeyText() environment: string;
  @KeyText() service: string;
  @KeyPosition() sincePosition: number;
  /** JSON array, oldest first. */
  @Text() digests: string;
}

/** A digest that was known-good in the environment and not withdrawn since, with when that began. */
@Entity({ name: 'known_good_standings', withoutRowid: true })
export class KnownGoodStanding {
  @KeyText() environment: string;
  @KeyText() digest: string;
  @Text() sinceRecordedAt: string;
  @Text() sinceOccurredAt: string;
}
