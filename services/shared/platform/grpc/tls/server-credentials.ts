import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { CertificateSet, Certificates } from './certificates.ts';

/**
 * Gives the credentials of a server that takes up new certificates for the connections that come after. Whoever has none, or one of a stranger, is let through the handshake, so that the
 * {@link AccessGate} can tell why it refuses all of its calls: an alert of TLS says nothing to a person.
 */
export function tlsServerCredentials(certificates: Certificates): ServerCredentials {
  const provider = providerOf(certificates);
  return experimental.createCertificateProviderServerCredentials(provider, provider, false);
}

function providerOf(certificates: Certificates): experimental.CertificateProvider {
  // grpc-js asks for an authority and for an identity; each listener has its own subscription.
  const ends = new Map<unknown, () => void>();
  const follow = (listener: unknown, tell: (set: CertificateSet) => void) => {
    ends.set(listener, certificates.onChange(tell));
    // Not at once: grpc-js adds itself to the credentials after it has added them to their provider.
    process.nextTick(() => {
      if (ends.has(listener)) tell(certificates.current);
    });
  };
  const leave = (listener: unknown) => {
    ends.get(listener)?.();
    ends.delete(listener);
  };
  return {
    addCaCertificateListener: (listener) =>
      follow(listener, ({ authority }) => listener({ caCertificate: authority })),
    removeCaCertificateListener: leave,
    addIdentityCertificateListener: (listener) =>
      follow(listener, ({ certificate, key }) => listener({ certificate, privateKey: key })),
    removeIdentityCertificateListener: leave,
  };
}
