/** How far an environment is locked, as `PUT /v1/environments/{env}/policy` takes it. */
export interface PolicyBody {
  readonly bases: 'any' | 'known';
  readonly evidence: readonly { readonly type: string; readonly environment?: string }[];
  readonly soak: string;
  readonly strategies: readonly string[];
  readonly atomic: boolean;
}

/** What a step asks for. An artifact is named `component version`; the player knows its digest. */
export type StepCommand =
  | {
      readonly kind: 'register-pipeline';
      readonly id: string;
      readonly mayBake: string[];
      readonly mayPromoteTo: string[];
    }
  | { readonly kind: 'suspend-pipeline'; readonly id: string; readonly reason: string }
  | { readonly kind: 'reinstate-pipeline'; readonly id: string; readonly reason: string }
  | {
      readonly kind: 'define-environment';
      readonly name: string;
      readonly promotesFrom?: string;
      readonly policy: PolicyBody;
    }
  | {
      readonly kind: 'change-policy';
      readonly environment: string;
      readonly policy: PolicyBody;
      readonly reason: string;
    }
  | { readonly kind: 'bake'; readonly artifact: string; readonly base?: string }
  | {
      readonly kind: 'attest';
      readonly artifact: string;
      readonly type: string;
      readonly result: 'passed' | 'failed';
      readonly environment?: string;
    }
  | { readonly kind: 'revoke'; readonly artifact: string; readonly severity: string; readonly reason: string }
  | {
      readonly kind: 'promote';
      readonly artifact: string;
      readonly environment: string;
      readonly strategy: 'all-at-once' | 'blue-green';
      readonly reason: string;
    }
  | {
      readonly kind: 'validate';
      readonly artifact: string;
      readonly environment: string;
      readonly result: 'passed' | 'failed';
    }
  | { readonly kind: 'switch'; readonly artifact: string; readonly environment: string }
  | { readonly kind: 'roll-back'; readonly service: string; readonly environment: string; readonly reason: string }
  | { readonly kind: 'retire'; readonly artifact: string; readonly environment: string; readonly reason: string }
  /** Blames the last change of the service there. */
  | {
      readonly kind: 'report-incident';
      readonly id: string;
      readonly severity: string;
      readonly service: string;
      readonly environment: string;
      readonly reason: string;
    }
  /** Names the last change of the service there as what mended it. */
  | {
      readonly kind: 'resolve-incident';
      readonly id: string;
      readonly service: string;
      readonly environment: string;
      readonly reason: string;
    };

/** Working day of the story (1 to 20; 21 is today) and minute of that day, UTC. */
export interface When {
  readonly day: number;
  readonly minute: number;
}

/** One HTTP call, who makes it, and the answer that it must get. */
export interface Step {
  readonly when: When;
  readonly by: string;
  readonly command: StepCommand;
  /** The one reason for which it must be refused; absent, it must be accepted. */
  readonly refused?: string;
}

export const TODAY = 21;

/** `on(3, '09:30')`: half past nine on the third working day. */
export function on(day: number, time: string): When {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return { day, minute: hours * 60 + minutes };
}

const later = ({ day, minute }: When, minutes: number): When => ({ day, minute: minute + minutes });

export const componentOf = (artifact: string): string => artifact.split(' ')[0] ?? artifact;
export const versionOf = (artifact: string): string => artifact.slice(componentOf(artifact).length + 1);

export const step = (when: When, by: string, command: StepCommand): Step => ({ when, by, command });

/** The same steps, the last of which must be refused for this reason. */
export const refused = (reason: string, ...steps: Step[]): Step[] =>
  steps.map((each, index) => (index === steps.length - 1 ? { ...each, refused: reason } : each));

/** What the pipelines of the story do again and again, in as many calls as a real one makes. */
export function pipelineSteps(pipelineOf: (component: string) => string) {
  const by = (artifact: string): string => pipelineOf(componentOf(artifact));
  const bake = (artifact: string, when: When, base?: string): Step =>
    step(when, by(artifact), { kind: 'bake', artifact, ...(base !== undefined && { base }) });
  const attest = (artifact: string, when: When, type: string, result: 'passed' | 'failed' = 'passed'): Step =>
    step(when, by(artifact), {
      kind: 'attest',
      artifact,
      type,
      result,
      ...(type === 'integration-tests' && { environment: 'test' }),
    });
  const promote = (artifact: string, environment: string, when: When, strategy: 'all-at-once' | 'blue-green'): Step =>
    step(when, by(artifact), {
      kind: 'promote',
      artifact,
      environment,
      strategy,
      reason: `release ${versionOf(artifact)}`,
    });
  const validate = (artifact: string, environment: string, when: When, result: 'passed' | 'failed'): Step =>
    step(when, by(artifact), { kind: 'validate', artifact, environment, result });
  const switchTo = (artifact: string, environment: string, when: When): Step =>
    step(when, by(artifact), { kind: 'switch', artifact, environment });
  return {
    bake,
    attest,
    validate,
    switchTo,
    /** A new instance takes the service over at once, as it may before production. */
    deploy: (artifact: string, environment: string, when: When) => promote(artifact, environment, when, 'all-at-once'),
    /** Blue/green: a candidate beside the live instance. */
    start: (artifact: string, environment: string, when: When) => promote(artifact, environment, when, 'blue-green'),
    /** Baked, unit-tested and put into development and test. */
    build: (artifact: string, when: When, base: string): Step[] => [
      bake(artifact, when, base),
      attest(artifact, later(when, 6), 'unit-tests'),
      promote(artifact, 'development', later(when, 9), 'all-at-once'),
      promote(artifact, 'test', later(when, 31), 'all-at-once'),
    ],
    /** Candidate, proof, switch: the whole of a blue/green change that goes well. */
    release: (artifact: string, when: When): Step[] => [
      promote(artifact, 'production', when, 'blue-green'),
      validate(artifact, 'production', later(when, 14), 'passed'),
      switchTo(artifact, 'production', later(when, 17)),
    ],
    retire: (artifact: string, environment: string, when: When): Step =>
      step(when, by(artifact), {
        kind: 'retire',
        artifact,
        environment,
        reason: 'replaced, its last session has ended',
      }),
  };
}
