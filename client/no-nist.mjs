// In the place of the NIST curves, which age-encryption and its post-quantum package bring along and nothing here uses:
// every recipient is X25519 with ML-KEM-768 (`checkRecipient` in lib/age.ts). Whatever asks for one of them fails.
const refuse = () => {
  throw new Error("This curve is not part of the page.");
};

const none = {
  lengths: { secretKey: 32, publicKey: 33, publicKeyUncompressed: 65, seed: 48 },
  Point: { Fn: {}, fromBytes: refuse },
  utils: { randomSecretKey: refuse },
  getPublicKey: refuse,
  getSharedSecret: refuse,
};

export { none as p256, none as p384, none as p521 };
