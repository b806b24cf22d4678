export const COMMAND_ERROR_CODES = ['contention', 'views-behind', 'busy'] as const;
export type CommandErrorCode = (typeof COMMAND_ERROR_CODES)[number];

/** The command could not be decided now, and nothing of it was written. Sending it again is safe. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    readonly code: CommandErrorCode,
    message: string,
  ) {
    super(message);
  }
}
