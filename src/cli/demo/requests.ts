import type { Call } from '../api-client.js';
import { bakeBody, digestOf } from './artifacts.js';
import { componentOf, type StepCommand } from './steps.js';

/** One step as the HTTP contract has it, and as the same command in a line of an import. */
export interface StepRequest {
  readonly call: Call & { readonly body: Readonly<Record<string, unknown>> };
  readonly line: Readonly<Record<string, unknown>>;
}

/** `changeId` is that of the change which a validation, a switch or an incident is about; `time`, when it happens. */
export function requestOf(command: StepCommand, changeId: string | undefined, time: Date): StepRequest {
  const {
    path,
    parameters,
    body,
    method = 'POST',
  } = command.kind === 'bake'
    ? { path: '/artifacts', body: bakeBody(command.artifact, command.base, time) }
    : routeOf(command, changeId ?? '');
  return { call: { method, path, body }, line: { command: command.kind, ...parameters, ...body } };
}

interface Route {
  readonly method?: 'PUT';
  readonly path: string;
  /** What the path says, by the names that an import line gives it. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

function routeOf(command: Exclude<StepCommand, { kind: 'bake' }>, changeId: string): Route {
  switch (command.kind) {
    case 'register-pipeline': {
      const { id, mayBake, mayPromoteTo } = command;
      return { path: '/pipelines', body: { id, name: id, mayBake, mayPromoteTo } };
    }
    case 'suspend-pipeline':
    case 'reinstate-pipeline': {
      const place = command.kind === 'suspend-pipeline' ? 'suspension' : 'reinstatement';
      const { id, reason } = command;
      return { path: `/pipelines/${id}/${place}`, parameters: { id }, body: { reason } };
    }
    case 'define-environment': {
      const { kind: _kind, ...body } = command;
      return { path: '/environments', body: { ...body, tier: command.name } };
    }
    case 'change-policy': {
      const { environment, policy, reason } = command;
      const path = `/environments/${environment}/policy`;
      return { method: 'PUT', path, parameters: { environment }, body: { policy, reason } };
    }
    case 'report-incident': {
      const { id, severity, reason } = command;
      return { path: '/incidents', body: { id, severity, reason, change: changeId } };
    }
    case 'resolve-incident': {
      const { id, reason } = command;
      return { path: `/incidents/${id}/resolution`, parameters: { id }, body: { reason, mendedBy: changeId } };
    }
    default:
      return changeRouteOf(command, changeId);
  }
}

type ArtifactOrChange = Exclude<
  StepCommand,
  {
    kind:
      | 'bake'
      | 'register-pipeline'
      | 'suspend-pipeline'
      | 'reinstate-pipeline'
      | 'define-environment'
      | 'change-policy'
      | 'report-incident'
      | 'resolve-incident';
  }
>;

function changeRouteOf(command: ArtifactOrChange, changeId: string): Route {
  if (command.kind === 'attest' || command.kind === 'revoke') {
    const { kind, artifact, ...body } = command;
    const digest = digestOf(artifact);
    const place = kind === 'attest' ? 'attestations' : 'revocation';
    return { path: `/artifacts/${digest}/${place}`, parameters: { digest }, body };
  }
  const { environment } = command;
  const root = `/environments/${environment}`;
  switch (command.kind) {
    case 'promote': {
      const { artifact, strategy, reason } = command;
      const body = {
        digest: digestOf(artifact),
        service: componentOf(artifact),
        strategy,
        change: { type: 'standard', reason },
      };
      return { path: `${root}/promotions`, parameters: { environment }, body };
    }
    case 'validate':
    case 'switch': {
      const path = `${root}/promotions/${changeId}/${command.kind === 'validate' ? 'validation' : 'switch'}`;
      const body = command.kind === 'validate' ? { result: command.result } : {};
      return { path, parameters: { environment, changeId }, body };
    }
    case 'roll-back': {
      const { service, reason } = command;
      return { path: `${root}/rollbacks`, parameters: { environment }, body: { service, reason } };
    }
    case 'retire': {
      const { artifact, reason } = command;
      const body = { service: componentOf(artifact), digest: digestOf(artifact), reason };
      return { path: `${root}/retirements`, parameters: { environment }, body };
    }
  }
}
