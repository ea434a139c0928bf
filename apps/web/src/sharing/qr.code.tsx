import { useMemo } from 'react';
import { encode } from 'uqr';

/** An address for a camera. Black on white in every theme: cameras want it so. */
export function QrCode({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => {
    const { size: modules, data } = encode(text, { border: 2 });
    const squares = data.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return { size: modules, path: squares.join('') };
  }, [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code of ${text}`}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
