import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";
import { cn } from "../lib/cn.ts";

export const buttonStyles = cva(
  "relative inline-flex shrink-0 cursor-pointer items-center justify-center gap-2 rounded-lg text-sm font-medium whitespace-nowrap transition-colors select-none aria-disabled:cursor-default aria-disabled:opacity-70 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-primary text-primary-foreground shadow-xs hover:bg-primary-hover",
        outline: "border border-border bg-card shadow-xs hover:bg-muted",
        ghost: "hover:bg-muted",
        destructive:
          "border border-destructive/40 bg-card text-destructive shadow-xs hover:bg-destructive-soft",
        destructiveSolid: "bg-destructive-solid text-white shadow-xs hover:opacity-90",
      },
      size: {
        default: "h-10 px-4",
        small: "h-9 px-3",
        large: "h-11 px-5 text-base",
        icon: "size-10",
      },
    },
    defaultVariants: { variant: "primary", size: "default" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonStyles> & { asChild?: boolean };

export function Button({ className, variant, size, asChild = false, ...props }: ButtonProps) {
  const Component = asChild ? Slot.Root : "button";
  return <Component className={cn(buttonStyles({ variant, size }), className)} {...props} />;
}

/** Keeps its width and the focus while it waits, and takes no second press. */
export function SubmitButton({
  isPending,
  pendingLabel,
  children,
  onClick,
  ...props
}: ButtonProps & { isPending: boolean; pendingLabel: string }) {
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (isPending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <Button type="submit" aria-disabled={isPending} onClick={press} {...props}>
      <span className={cn("inline-flex items-center gap-2", isPending && "opacity-0")}>
        {children}
      </span>
      {isPending ? (
        <span className="absolute inset-0 flex items-center justify-center">
          <LoaderCircle aria-hidden className="animate-spin" />
          <span className="sr-only">{pendingLabel}</span>
        </span>
      ) : null}
    </Button>
  );
}
