import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Configuration that makes any SDK client act in one account of moto, past the proxy. */
export type MotoAccountConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
  requestHandler: NodeHttpHandler;
};

/** Gives client configurations for moto's accounts; `close` ends their connections. */
export type MotoAccounts = { as(account: string, region?: string): MotoAccountConfig; close(): void };

/** Opens the direct way to moto, on which no fault, log or authorisation lies: for seeding and for the truth. */
export function openMotoAccounts(motoUrl: string): MotoAccounts {
  const handlers = new Map<string, NodeHttpHandler>();
  return {
    as(account, region = 'us-east-1') {
      let requestHandler = handlers.get(account);
      if (!requestHandler) {
        requestHandler = new AccountHandler(account);
        handlers.set(account, requestHandler);
      }
      const credentials = { accessKeyId: 'simulator', secretAccessKey: 'simulator' };
      return { endpoint: motoUrl, region, credentials, maxAttempts: 1, requestHandler };
    },
    close() {
      for (const handler of handlers.values()) handler.destroy();
    },
  };
}

class AccountHandler extends NodeHttpHandler {
  readonly #account: string;

  constructor(account: string) {
    super();
    this.#account = account;
  }

  override handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    // moto acts in the account that this header names, whatever the credentials.
    request.headers['x-moto-account-id'] = this.#account;
    return super.handle(request, options);
  }
}
