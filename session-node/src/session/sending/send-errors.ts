import type { MessageError } from "@roost/contract/messages";

export const notOnWhatsApp: MessageError = {
  code: "not_on_whatsapp",
  detail: "This number is not on WhatsApp.",
  retryable: false,
};

export const notEncrypted: MessageError = {
  code: "not_encrypted",
  detail: "WhatsApp gave no keys for this recipient, so the message could not be encrypted.",
  retryable: true,
};

export const recipientUnknown: MessageError = {
  code: "recipient_unknown",
  detail: "WhatsApp did not say how to reach this recipient.",
  retryable: true,
};

export const noAck: MessageError = {
  code: "no_ack",
  detail: "The message left and WhatsApp has not confirmed it. A later receipt settles it.",
  retryable: false,
};

/** What WhatsApp's code in an ack means for the sender. */
export function refusedByWhatsApp(code: number): MessageError {
  switch (code) {
    case 429:
      return {
        code: "rate_limited_by_whatsapp",
        detail: "WhatsApp refused the message because too many were sent (429).",
        retryable: true,
      };
    // Trying again counts as another new chat and makes the restriction longer.
    case 463:
      return {
        code: "restricted",
        detail: "WhatsApp does not let this number begin new chats for now (463).",
        retryable: false,
      };
    default:
      return {
        code: "refused_by_whatsapp",
        detail: `WhatsApp refused the message with code ${code}.`,
        retryable: code >= 500,
      };
  }
}
