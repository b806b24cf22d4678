/** An answer to a browser that follows no redirect by itself. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it is sent on, in full. */
  readonly location: string;
}

/** A browser driven by hand: it keeps cookies by their name, and sends them to the server that it visits. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  /** The lines by which they were set. */
  readonly setLines: string[] = [];

  /**
   * @param url where the server really is
   * @param origin where browsers take it to be
   */
  constructor(
    private readonly url: string,
    private readonly origin = url,
  ) {}

  /** Visits an address: a path of the server, or an address elsewhere, which gets no cookies of it. */
  async visit(address: string, init: RequestInit = {}): Promise<Page> {
    const target = new URL(address, this.origin);
    const isServer = target.origin === new URL(this.origin).origin;
    const real = isServer ? new URL(`${target.pathname}${target.search}`, this.url) : target;
    const headers = new Headers(init.headers);
    if (isServer && this.cookies.size > 0) {
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    }
    const answer = await fetch(real, { ...init, headers, redirect: 'manual' });
    if (isServer) for (const line of answer.headers.getSetCookie()) this.keep(line);
    const location = answer.headers.get('location');
    return {
      status: answer.status,
      headers: answer.headers,
      text: await answer.text(),
      location: location === null ? '' : new URL(location, target).href,
    };
  }

  /** Begins to sign in, and goes on up to where the issuer sends it back; that address is not visited yet. */
  async goToIssuer(to?: string): Promise<string> {
    const begun = await this.visit(`/v1/sign-in${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`);
    if (begun.status !== 302) throw new Error(`${begun.status} ${begun.text}`);
    return (await this.visit(begun.location)).location;
  }

  async signIn(to?: string): Promise<Page> {
    return this.visit(await this.goToIssuer(to));
  }

  private keep(line: string): void {
    this.setLines.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/; Max-Age=0(;|$)/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
