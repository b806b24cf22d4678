import type { Evidence } from '../artifact/events.js';
import type { Remarks } from '../event.js';
import type { ChangeType, Policy, Strategy, Tier } from './policy.js';

/** `api` for one command a request, `import` for history that is told after the fact. */
export type Channel = 'api' | 'import';

interface EnvironmentCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly environment: string;
  readonly remarks: Remarks;
}

export type DefineEnvironment = EnvironmentCommandOf<'define-environment'> & {
  readonly tier: Tier;
  readonly promotesFrom?: string;
  readonly policy: Policy;
};
/** `expectedRevision` is the policy revision that the author had in view (`If-Match`); absent in an import. */
export type ChangePolicy = EnvironmentCommandOf<'change-policy'> & {
  readonly policy: Policy;
  readonly expectedRevision?: number;
};
export type Promote = EnvironmentCommandOf<'promote'> & {
  readonly digest: string;
  /** Defaults to the artifact's component. */
  readonly service?: string;
  readonly strategy: Strategy;
  readonly changeType: ChangeType;
  readonly basedOn?: number;
};
export type ValidateCandidate = EnvironmentCommandOf<'validate'> & {
  readonly changeId: string;
  readonly result: 'passed' | 'failed';
  readonly evidence?: Evidence;
};
/** `basedOn` takes the place of the one that the promotion was started with. */
export type SwitchTraffic = EnvironmentCommandOf<'switch'> & { readonly changeId: string; readonly basedOn?: number };
export type AbandonPromotion = EnvironmentCommandOf<'abandon'> & { readonly changeId: string };
/** Without a digest: back to the last known-good one. */
export type RollBack = EnvironmentCommandOf<'roll-back'> & { readonly service: string; readonly digest?: string };
/** Without a digest: the whole service. */
export type Retire = EnvironmentCommandOf<'retire'> & { readonly service: string; readonly digest?: string };

export type ChangeCommand = Promote | ValidateCandidate | SwitchTraffic | AbandonPromotion | RollBack | Retire;
export type EnvironmentCommand = DefineEnvironment | ChangePolicy | ChangeCommand;
