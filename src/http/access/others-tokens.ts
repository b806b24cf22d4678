/** Whether the tokens that other servers of this ledger issue and revoke are followed here. */
export class OthersTokens {
  private isEnded = false;

  /** They are not followed any more: a token that another server revokes would stay valid here. */
  end(): void {
    this.isEnded = true;
  }

  /** What is wrong, for callers; absent while they are followed. */
  trouble(): string | undefined {
    return this.isEnded ? 'Tokens of other servers are not followed any more. The server’s log says why.' : undefined;
  }
}
