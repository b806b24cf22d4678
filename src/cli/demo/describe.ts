import { componentOf, versionOf, type StepCommand } from './steps.js';

/** What a step does, in the words of one line. */
export function describe(command: StepCommand): string {
  switch (command.kind) {
    case 'register-pipeline':
      return `registers ${command.id} (bakes ${command.mayBake.join(', ')})`;
    case 'suspend-pipeline':
      return `suspends ${command.id}: ${command.reason}`;
    case 'reinstate-pipeline':
      return `reinstates ${command.id}: ${command.reason}`;
    case 'define-environment':
      return `defines ${command.name}${command.promotesFrom ? `, which promotes from ${command.promotesFrom}` : ''}`;
    case 'change-policy':
      return `locks ${command.environment}: ${command.reason}`;
    case 'bake':
      return `bakes ${command.artifact}${command.base ? ` on ${command.base}` : ''}`;
    case 'attest':
      return `${command.type} ${command.result}: ${command.artifact}`;
    case 'revoke':
      return `revokes ${command.artifact}: ${command.reason}`;
    case 'promote':
      return command.strategy === 'blue-green'
        ? `${command.artifact} → ${command.environment}, as candidate`
        : `${command.artifact} → ${command.environment}`;
    case 'validate':
      return `candidate ${command.result}: ${command.artifact} in ${command.environment}`;
    case 'switch':
      return `switch: ${command.environment} takes ${componentOf(command.artifact)} ${versionOf(command.artifact)}`;
    case 'roll-back':
      return `rolls ${command.service} back in ${command.environment}: ${command.reason}`;
    case 'report-incident':
      return `incident ${command.id} (${command.severity}) in ${command.environment}: ${command.reason}`;
    case 'resolve-incident':
      return `incident ${command.id} is over: ${command.reason}`;
    case 'retire':
      return `retires ${command.artifact} in ${command.environment}`;
  }
}
