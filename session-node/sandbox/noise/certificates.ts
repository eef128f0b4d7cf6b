import { proto } from "@whiskeysockets/baileys";
import { sign, type SigningKeyPair, signingKeyPair, verify } from "../signal/keys.ts";

const DAY_SECONDS = 86_400;
const TEN_YEARS_SECONDS = 3_650 * DAY_SECONDS;
const { Details } = proto.CertChain.NoiseCertificate;

/** The three keys of the server: the root that clients pin, the one it signs, and the leaf. */
export type ServerIdentity = {
  readonly root: SigningKeyPair;
  readonly intermediate: SigningKeyPair;
  readonly leaf: SigningKeyPair;
  /** The encoded `CertChain` of the handshake. */
  readonly chain: Buffer;
};

export type ServerSeeds = { root: Buffer; intermediate: Buffer; leaf: Buffer; issuedAt: number };

/** The identity that follows from the stored seeds: the same after every restart. */
export function serverIdentity({ issuedAt, ...seeds }: ServerSeeds): ServerIdentity {
  const root = signingKeyPair(seeds.root);
  const intermediate = signingKeyPair(seeds.intermediate);
  const leaf = signingKeyPair(seeds.leaf);
  const validity = { notBefore: issuedAt - DAY_SECONDS, notAfter: issuedAt + TEN_YEARS_SECONDS };

  const intermediateDetails = Details.encode({
    serial: 1,
    issuerSerial: 0,
    key: intermediate.public,
    ...validity,
  }).finish();
  const leafDetails = Details.encode({
    serial: 2,
    issuerSerial: 1,
    key: leaf.public,
    ...validity,
  }).finish();

  const chain = proto.CertChain.encode({
    intermediate: { details: intermediateDetails, signature: sign(root, intermediateDetails) },
    leaf: { details: leafDetails, signature: sign(intermediate, leafDetails) },
  }).finish();
  return { root, intermediate, leaf, chain: Buffer.from(chain) };
}

/** What a strict client checks: root signs intermediate, intermediate signs leaf, leaf is served. */
export function isChainValid(chain: Uint8Array, root: Uint8Array, served: Uint8Array): boolean {
  const { intermediate, leaf } = proto.CertChain.decode(chain);
  if (!intermediate?.details || !intermediate.signature) return false;
  if (!leaf?.details || !leaf.signature) return false;

  const issuer = Details.decode(intermediate.details);
  const subject = Details.decode(leaf.details);
  return (
    issuer.issuerSerial === 0 &&
    subject.issuerSerial === issuer.serial &&
    verify(root, intermediate.details, intermediate.signature) &&
    verify(issuer.key ?? Buffer.alloc(32), leaf.details, leaf.signature) &&
    Buffer.from(subject.key ?? []).equals(served)
  );
}
