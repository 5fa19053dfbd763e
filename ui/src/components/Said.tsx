/** A sentence of the engine: what stands in backticks travels on the wire or is typed, and is set like that. */
export function Said({ text }: { text: string }) {
  const pieces = text.split(/`([^`]+)`/);
  return <>{pieces.map((piece, at) => (at % 2 === 1 ? <span key={at} className="wire text-[0.93em]! leading-[inherit]! break-all">{piece}</span> : piece))}</>;
}
