/** The harbour: drawn, not loaded, and of no meaning to who can't see it. */

/** Rows of containers on the ship, from the deck up: each letter is a colour, a blank a gap. */
const STACKS = ["abcadbacb", "cadbcab a", "b ca db  ", "  b  a   "];
const WIDTH = 46;
const HEIGHT = 22;

/** Where each container stands, and its colour. */
const BOXES = STACKS.flatMap((row, level) =>
  [...row]
    .map((colour, place) => ({ colour, x: place * WIDTH, y: -level * HEIGHT }))
    .filter(({ colour }) => colour !== " "),
);

function Ship() {
  return (
    <g className="scene-ship">
      <g transform="translate(-252 -24)">
        {BOXES.map(({ colour, x, y }) => (
          <g key={`${x} ${y}`} transform={`translate(${x} ${y})`}>
            <rect className={`scene-box-${colour}`} width={WIDTH - 2} height={HEIGHT - 2} rx="1.5" />
            <path className="scene-rib" d="M9 3v14M18 3v14M27 3v14M36 3v14" />
          </g>
        ))}
      </g>
      <g className="scene-bridge">
        <path d="M176 0v-116h62V0z" />
        <path d="M166-116h84v-12h-84zM196-128v-22h8v22zM212-128v-34h14v34z" />
        <path
          className="scene-window"
          d="M182-106h50v12h-50zM184-82h8v8h-8zm14 0h8v8h-8zm14 0h8v8h-8zm-28 22h8v8h-8zm14 0h8v8h-8zm14 0h8v8h-8z"
        />
      </g>
      <path className="scene-hull" d="M-330-14h26l12 12h552l16-6-28 80h-530z" />
      <path className="scene-keel" d="M-298 50h555l-9 22h-526z" />
    </g>
  );
}

function Crane({ x, scale }: { x: number; scale: number }) {
  return (
    <g className="scene-crane" transform={`translate(${x} 640) scale(${scale})`}>
      <path d="M0 0 14-210h-6v-10h98v10h-8L112 0h-12L90-150H24L12 0zM26-164h63l-4-46H30z" />
      <path d="M36-220v-36h10v36zM-120-222h240v8h-240zM36-252l-146 31v6l148-32zM44-252l74 32-3 5-74-29z" />
      <path d="M-84-214h3v58h-3zM-92-156h19v12h-19z" />
    </g>
  );
}

export function Scene() {
  return (
    <svg className="scene" viewBox="0 0 1440 900" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <radialGradient id="scene-glow">
        <stop offset="0.3" stopColor="var(--light)" stopOpacity="0.55" />
        <stop offset="1" stopColor="var(--light)" stopOpacity="0" />
      </radialGradient>
      <circle fill="url(#scene-glow)" className="scene-glow" cx="372" cy="318" r="230" />
      <circle className="scene-light" cx="372" cy="318" r="64" />
      <g className="scene-stars">
        {[
          "M120 120h2v2h-2z",
          "M250 60h2v2h-2z",
          "M520 110h3v3h-3z",
          "M690 70h2v2h-2z",
          "M880 140h3v3h-3z",
          "M1030 60h2v2h-2z",
          "M1190 150h2v2h-2z",
          "M1350 90h3v3h-3z",
          "M610 210h2v2h-2z",
          "M160 250h2v2h-2z",
        ].map((d) => (
          <path key={d} d={d} />
        ))}
      </g>
      <path
        className="scene-far"
        d="M0 566c90-30 150-66 236-60 96 6 130 46 226 40 110-8 150-72 262-66 100 6 136 56 236 58 116 2 160-70 280-64 80 4 140 40 200 52v130H0z"
      />
      <path
        className="scene-near"
        d="M0 606c120-26 210-14 330-2 140 14 240-24 380-14 150 10 220 34 370 20 130-12 230-40 360-20v70H0z"
      />
      <Crane x={742} scale={1.05} />
      <Crane x={930} scale={0.86} />
      <Crane x={1090} scale={0.72} />
      <path className="scene-quay" d="M690 634h750v30H690z" />
      <path className="scene-sea" d="M0 650h1440v250H0z" />
      <path
        className="scene-glitter"
        d="M300 668h150v3H300zm26 18h96v3h-96zm-40 20h176v3H286zm54 22h70v3h-70z"
      />
      <g transform="translate(400 706)">
        <Ship />
      </g>
      <path
        className="scene-wave scene-wave-1"
        d="M-240 752c60-18 120-18 180 0s120 18 180 0 120-18 180 0 120 18 180 0 120-18 180 0 120 18 180 0 120-18 180 0 120 18 180 0 120-18 180 0 120 18 180 0v180H-240z"
      />
      <path
        className="scene-wave scene-wave-2"
        d="M-240 796c60-20 120-20 180 0s120 20 180 0 120-20 180 0 120 20 180 0 120-20 180 0 120 20 180 0 120-20 180 0 120 20 180 0 120-20 180 0 120 20 180 0v140H-240z"
      />
      <path
        className="scene-wave scene-wave-3"
        d="M-240 846c60-16 120-16 180 0s120 16 180 0 120-16 180 0 120 16 180 0 120-16 180 0 120 16 180 0 120-16 180 0 120 16 180 0 120-16 180 0 120 16 180 0v90H-240z"
      />
    </svg>
  );
}
