/** Keys as printed on the keyboard. */
export function Kbd({ keys }: { keys: readonly string[] }) {
  return (
    <kbd className="inline-flex gap-0.5 font-sans text-cap text-third" aria-label={keys.join(" ")}>
      {keys.map((key) => (
        <span key={key} className="min-w-[18px] rounded-[4px] border border-line bg-panel px-1 text-center leading-4">{key}</span>
      ))}
    </kbd>
  );
}
