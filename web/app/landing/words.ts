/** What the front page says. Each promise has a test in the product that tries to break it. */
export const promises = [
  {
    title: "Nothing accepted vanishes",
    text: "A message that was answered with 202 reaches WhatsApp or ends in a state that you are told of, across crashes and restarts of every part.",
  },
  {
    title: "Nothing is sent twice",
    text: "Each message has one WhatsApp id, fixed when it is accepted. Repeat a request with its idempotency key as often as you like.",
  },
  {
    title: "Unknown is called unknown",
    text: "“Sent” means that WhatsApp acknowledged it. Where nobody can tell, the state is unconfirmed until a receipt settles it.",
  },
  {
    title: "Your keys stay yours",
    text: "API keys are kept as fingerprints. A number's WhatsApp credentials are encrypted on the host that uses them, and the service stores what it cannot read.",
  },
] as const;

export const steps = [
  {
    title: "Link a phone",
    text: "Scan a QR code with WhatsApp under Linked devices, as for WhatsApp Web. The phone stays as it is.",
  },
  {
    title: "Create a key",
    text: "Tick what your program may do. The key is shown once and can be revoked at any time.",
  },
  {
    title: "Send, and watch the ticks",
    text: "Every state arrives by itself, in the dashboard and in the stream of events. Replies land in the same chat.",
  },
] as const;

export const consent = [
  "Write only to people who asked to hear from you, say who you are, and stop when they say stop. Roost paces messages, keeps limits and holds the queue when WhatsApp objects; it does not help anybody to write to strangers in bulk.",
  "Roost links numbers the way WhatsApp Web does. WhatsApp's terms do not provide for that, and WhatsApp can restrict or ban a number for it, most likely one that people report. Do not link a number that you cannot afford to lose.",
] as const;

export function exampleRequest(origin: string): string {
  return `curl ${origin}/v1/messages \\
  -H "Authorization: Bearer $ROOST_KEY" \\
  -H "Idempotency-Key: order-42-shipped" \\
  -H "Content-Type: application/json" \\
  -d '{"to": "+5511987654321",
       "text": {"body": "Your order is on its way."}}'`;
}

export const exampleAnswer = `HTTP/1.1 202 Accepted

{"id": "msg_01k…", "state": "accepted",
 "to": "+5511987654321", "lane": "direct", …}`;
