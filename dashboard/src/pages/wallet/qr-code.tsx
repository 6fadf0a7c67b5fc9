import { QRCodeSVG } from 'qrcode.react';

/** Black on white in both colour schemes: cameras read nothing else for sure. */
export function QrCode({ text, label }: { text: string; label: string }) {
  return (
    <QRCodeSVG
      value={text}
      size={208}
      marginSize={4}
      level="M"
      bgColor="#ffffff"
      fgColor="#000000"
      title={label}
      role="img"
    />
  );
}
