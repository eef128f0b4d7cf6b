/** How long the link that confirms an address works. */
export const VERIFY_MS = 24 * 60 * 60 * 1000;
/** How long the link that sets a new password works. */
export const RESET_MS = 60 * 60 * 1000;
/** How long a person is known where they proved who they are. */
export const KNOWN_ADDRESS_MS = 90 * 24 * 60 * 60 * 1000;
/** How long a sign-up waits for its address to be confirmed. */
export const UNVERIFIED_MS = 7 * 24 * 60 * 60 * 1000;
