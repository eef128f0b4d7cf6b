import { z } from "zod";

/** A number as people write it: `+55 11 98765-4321` as well as bare digits. */
export const PhoneNumber = z
  .string()
  .transform((number) =>
    number
      .trim()
      .replace(/^\+/, "")
      .replaceAll(/[\s().-]/g, ""),
  )
  .pipe(z.string().regex(/^[1-9]\d{4,14}$/, "must be 5 to 15 digits, without a leading zero"));

const Addressing = z.enum(["pn", "lid"]);
const Name = z.string().min(1).max(100);

export const CreatePhone = z.strictObject({ number: PhoneNumber, name: Name.optional() });

export const UpdatePhone = z.strictObject({
  name: Name.optional(),
  receipts: z.enum(["auto", "delivered", "none"]).optional(),
  on_whatsapp: z.boolean().optional(),
  addressing: Addressing.optional(),
});

export const Scan = z.strictObject({ qr: z.string().min(1).max(2_000).optional() });
export const TypeCode = z.strictObject({ code: z.string().min(1).max(20) });

const Content = {
  text: z.string().min(1).max(65_536),
  location: z.strictObject({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  contact: z.strictObject({ name: Name, phone: PhoneNumber }),
  image: z.unknown(),
  video: z.unknown(),
  audio: z.unknown(),
  document: z.unknown(),
  sticker: z.unknown(),
  poll: z.unknown(),
};

export const SendMessage = z
  .strictObject({
    to: PhoneNumber,
    addressing: Addressing.optional(),
    corrupt: z.boolean().optional(),
    ...z.object(Content).partial().shape,
  })
  .refine(
    (message) => Object.keys(Content).filter((kind) => kind in message).length === 1,
    `exactly one of ${Object.keys(Content).join(", ")} is needed`,
  );
export type SendMessage = z.infer<typeof SendMessage>;

export const Read = z.strictObject({ wa_id: z.string().min(1) });
export const React = z.strictObject({ wa_id: z.string().min(1), emoji: z.string().max(16) });
export const Edit = z.strictObject({ wa_id: z.string().min(1), text: z.string().min(1) });
export const Revoke = z.strictObject({ wa_id: z.string().min(1) });
export const Type = z.strictObject({
  to: PhoneNumber,
  state: z.enum(["composing", "paused"]).default("composing"),
});
export const ShowPresence = z.strictObject({
  to: PhoneNumber.optional(),
  state: z.enum(["available", "unavailable"]).default("available"),
});
export const Vote = z.strictObject({ wa_id: z.string().min(1), options: z.array(z.string()) });

export const AnnounceQr = z.strictObject({
  id: z.string().min(1).max(200),
  qr: z.string().min(1).max(2_000),
  expires_at: z.iso.datetime({ offset: true }).optional(),
  account: z.string().max(200).optional(),
});

export const LedgerQuery = z.strictObject({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});
const Flag = z.enum(["true", "false"]).optional();
/**
 * `created=true` leaves out numbers that only exist because somebody wrote to them, `used=true` only
 * those at which nothing has ever arrived.
 */
export const PhonesQuery = z.strictObject({ created: Flag, used: Flag });
export const MessagesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});
export const NoBody = z.strictObject({});
