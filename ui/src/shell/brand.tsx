// The sign of the house, drawn in the page: as a file it would be fetched once for the page and once for its tab.

export function Brand({ size }: { size: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden>
      <rect width="32" height="32" rx="7" fill="#1f6feb" />
      <path d="M7 12.5a9 9 0 0 1 18 0V23h-4.5v-9.8a4.5 4.5 0 0 0-9 0V23H7z" fill="#fff" />
      <path
        d="M6 25.2c1.7-1.5 3.3-1.5 5 0s3.3 1.5 5 0 3.3-1.5 5 0 3.3 1.5 5 0"
        fill="none"
        stroke="#fff"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
    </svg>
  );
}
