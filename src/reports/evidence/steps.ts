/** One thing to do by hand: why, and the commands, which are copied as they stand. */
export interface Step {
  readonly title: string;
  readonly why: readonly string[];
  readonly commands: string;
  /** What is seen when all is well. */
  readonly seen: string;
}

/** An event of which a text is shown, and where its bytes stand. */
export interface Example {
  /** 1-based line of `leaves.ndjson`, `proofs.txt` and `events.ndjson`. */
  readonly line: number;
  readonly position: number;
  /** `data`, `meta` or `remarks`. */
  readonly part: string;
  readonly salt: string;
  /** 0-based byte of the line where the text begins, and how many bytes it has. */
  readonly from: number;
  readonly bytes: number;
}

/** All that the commands are made from: numbers and hex digits only, so that no text of the ledger is in a command. */
export interface StepFacts {
  readonly leaves: number;
  readonly size: number;
  /** 1-based line of the checkpoint with the log's own signature, and the number of the key that it is by. */
  readonly signature: { readonly line: number; readonly key: number };
  /** Of each key after the first: the line of its statement with the signature of the key before. */
  readonly rotations: readonly { readonly key: number; readonly line: number }[];
  readonly example?: Example;
  /** The positions between which no event is missing. */
  readonly range?: { readonly first: number; readonly last: number };
}

export function stepsOf(facts: StepFacts): Step[] {
  return [
    files(),
    checkpoint(facts.signature),
    ...facts.rotations.map(rotation),
    helpers(),
    oneLeaf(facts),
    everyLeaf(facts),
    ...(facts.example ? [oneText(facts.example), everyText()] : []),
    populationRoot(),
    ...(facts.range ? [range(facts.range)] : []),
  ];
}

const files = (): Step => ({
  title: 'The files are whole',
  why: [
    'This finds a file that was damaged on its way. It does not find one that was changed by somebody with a will.',
  ],
  commands: 'sha256sum -c SHA256SUMS',
  seen: 'OK after each name.',
});

const checkpoint = ({ line, key }: StepFacts['signature']): Step => ({
  title: 'The log’s key has signed the checkpoint',
  why: [
    'A checkpoint has three lines (the log’s name, how many events it has, and the root of the tree over them), and signatures below a blank line. Each is base64: four bytes name the key, and the rest is the signature.',
    'The first command shows whether keys/ has the same key for openssl as for everybody else. Whether it is the log’s key only you can tell: compare keys/0.vkey with the one that was published, or that you were given before.',
  ],
  commands: `if [ "$(openssl pkey -pubin -in keys/${key}.pem -outform DER | tail -c 32 | base64)" = \\
     "$(cut -d + -f 3- keys/${key}.vkey | base64 -d | tail -c 32 | base64)" ]
then echo "OK: one key"; else echo "WRONG: two keys"; fi
head -n 3 checkpoint > checkpoint.text
sed -n ${line}p checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c +5 > checkpoint.signature
openssl pkeyutl -verify -pubin -inkey keys/${key}.pem -rawin -in checkpoint.text -sigfile checkpoint.signature`,
  seen: 'OK: one key. Signature Verified Successfully.',
});

const rotation = ({ key, line }: StepFacts['rotations'][number]): Step => ({
  title: `Key ${key - 1} has named key ${key} as its successor`,
  why: [
    'The log’s key was replaced. The key before has signed a statement that names the new one in its last line, so whoever trusts the one can trust the other.',
  ],
  commands: `if [ "$(sed -n 4p keys/${key}.rotation)" = "$(cat keys/${key}.vkey)" ]
then echo "OK: it names key ${key}"; else echo "WRONG: it names another key"; fi
head -n 4 keys/${key}.rotation > rotation.text
sed -n ${line}p keys/${key}.rotation | cut -d ' ' -f 3 | base64 -d | tail -c +5 > rotation.signature
openssl pkeyutl -verify -pubin -inkey keys/${key - 1}.pem -rawin -in rotation.text -sigfile rotation.signature`,
  seen: `OK: it names key ${key}. Signature Verified Successfully.`,
});

const helpers = (): Step => ({
  title: 'Four small functions for what follows',
  why: [
    'A leaf’s hash is SHA-256 of a zero byte and the leaf; a node’s is SHA-256 of a byte with the value one and the two hashes below it (RFC 6962, 2.1). From a leaf, a proof leads to the root: at each step the next hash joins from the left or from the right, which the leaf’s position decides (RFC 9162, 2.1.3.2).',
  ],
  commands: `digest() { sha256sum | cut -d ' ' -f 1; }
bytes() {
  local hex=$1 out= i
  for ((i = 0; i < \${#hex}; i += 2)); do out+="\\\\x\${hex:i:2}"; done
  printf '%b' "$out"
}
inner() { { printf '\\001'; bytes "$1"; bytes "$2"; } | digest; }
root_of() {
  local place=$1 last=$(($2 - 1)) hash=$3 other
  shift 3
  for other in "$@"; do
    [ "$last" -gt 0 ] || return 1
    if [ $((place % 2)) = 1 ] || [ "$place" = "$last" ]; then
      hash=$(inner "$other" "$hash")
      while [ $((place % 2)) = 0 ] && [ "$place" -gt 0 ]; do place=$((place / 2)) last=$((last / 2)); done
    else
      hash=$(inner "$hash" "$other")
    fi
    place=$((place / 2)) last=$((last / 2))
  done
  [ "$last" = 0 ] && echo "$hash"
}
size=$(sed -n 2p checkpoint)
root=$(sed -n 3p checkpoint | base64 -d | od -An -v -tx1 | tr -d ' \\n')
echo "$size events under the root $root"`,
  seen: 'The size and the root of the checkpoint.',
});

function oneLeaf({ example, leaves }: StepFacts): Step {
  const line = example?.line ?? 1;
  return {
    title: 'One leaf is in the tree',
    why: [
      `Line ${line} of leaves.ndjson, with the proof in the same line of proofs.txt: first the leaf’s hash, then the root that it leads to. Any other line up to ${leaves} does as well.`,
    ],
    commands: `hash=$( (printf '\\000'; sed -n ${line}p leaves.ndjson | tr -d '\\n') | digest)
echo "the leaf's hash is $hash"
if [ "$(root_of $(sed -n ${line}p proofs.txt | sed "s/^[0-9]*/& $size $hash/"))" = "$root" ]
then echo "OK: the leaf is in the tree"; else echo "WRONG: it leads to another root"; fi`,
    seen: 'OK: the leaf is in the tree.',
  };
}

const everyLeaf = ({ leaves }: StepFacts): Step => ({
  title: 'Every leaf is in the tree',
  why: [`The same for all ${leaves}. Some ten leaves are done in a second; cairn verify does the same faster.`],
  commands: `wrong=0 lines=0
while IFS= read -r leaf <&3; do
  lines=$((lines + 1)) position= proof=
  read -r position proof <&4
  hash=$( (printf '\\000'; printf '%s' "$leaf") | digest)
  if [ "$(root_of "\${position:-0}" "$size" "$hash" $proof)" != "$root" ]; then
    echo "WRONG: line $lines is not the leaf of position $position"; wrong=1
  fi
done 3< leaves.ndjson 4< proofs.txt
if [ "$wrong" = 0 ] && [ "$lines" = ${leaves} ] && [ "$(wc -l < proofs.txt)" = "$lines" ]
then echo "OK: $lines leaves"; else echo "WRONG: not every leaf is there and in the tree"; fi`,
  seen: `OK: ${leaves} leaves.`,
});

const oneText = ({ line, position, part, salt, from, bytes }: Example): Step => ({
  title: 'One text is the one that the leaf stands for',
  why: [
    `The leaf has SHA-256 of a salt and the text in it. Of the event at position ${position}, ${part} begins ${from} bytes into line ${line} of events.ndjson and has ${bytes} bytes; its salt stands in the same line. Both lines that are shown end with the same digits.`,
  ],
  commands: `text=$( (bytes ${salt}; sed -n ${line}p events.ndjson | tail -c +${from + 1} | head -c ${bytes}) | digest)
leaf=$(sed -n ${line}p leaves.ndjson | grep -o '"${part}":"[0-9a-f]\\{64\\}"' | cut -d '"' -f 4)
echo "text $text"; echo "leaf $leaf"
if [ "$text" = "$leaf" ]; then echo "OK: the same"; else echo "WRONG: another text"; fi`,
  seen: 'Twice the same digits, and OK: the same.',
});

const everyText = (): Step => ({
  title: 'Every text that is shown is the one that its leaf stands for',
  why: [
    'The same for all. What is withheld or erased has no salt in its line, and must not be shown; the line must have nothing else in it.',
  ],
  commands: `text_of() {
  case $1 in
    data) sed -E "s/^[{]\\"data\\"://; s/(,\\"erased\\":true)?(,\\"meta\\":.*)?,\\"position\\":$2,.*//" ;;
    meta) sed -E "s/,\\"position\\":$2,.*//; s/^[{](\\"data\\":.*,)?(\\"erased\\":true,)?\\"meta\\"://" ;;
    remarks) sed -E "s/^.*\\"position\\":$2,\\"remarks\\"://; s/,\\"salts\\":[{].*//" ;;
  esac
}
wrong=0 texts=0
while IFS= read -r event <&3; do
  leaf= position= before= after=
  IFS= read -r leaf <&4; read -r position proof <&5
  salts=$(printf '%s' "$event" | grep -o '"salts":{[^{}]*}\\(,"withheld":\\[[^]]*\\]\\)\\{0,1\\}}$')
  for part in data meta remarks; do
    salt=$(printf '%s' "$salts" | grep -o "\\"$part\\":\\"[0-9a-f]\\{32\\}\\"" | cut -d '"' -f 4)
    [ -n "$salt" ] || continue
    texts=$((texts + 1))
    text=$(printf '%s' "$event" | text_of "$part" "$position")
    case $part in remarks) after=",\\"remarks\\":$text" ;; *) before+="\\"$part\\":$text," ;; esac
    hash=$( (bytes "$salt"; printf '%s' "$text") | digest)
    case $leaf in
      *"\\"$part\\":\\"$hash\\""*) ;;
      *) echo "WRONG: $part at position $position is another text"; wrong=1 ;;
    esac
  done
  line=$(printf '%s' "$event" | sed -E 's/"erased":true,("meta":|"position":)/\\1/')
  if [ "$line" != "{$before\\"position\\":$position$after,$salts" ]; then
    echo "WRONG: at position $position something is shown without its salt"; wrong=1
  fi
done 3< events.ndjson 4< leaves.ndjson 5< proofs.txt
if [ "$wrong" = 0 ] && [ "$(wc -l < events.ndjson)" = "$(wc -l < leaves.ndjson)" ]
then echo "OK: $texts texts"; else echo "WRONG: not every text is what the ledger has"; fi`,
  seen: 'OK, and how many texts were shown.',
});

const populationRoot = (): Step => ({
  title: 'The population is the one that was told of',
  why: [
    'The root over the leaves of this package alone, in their order. The manifest has it, and so has the event EvidenceExported, which the ledger took before it handed the package out: so two packages, or a package and the ledger, can be compared at a glance.',
  ],
  commands: `peaks=() count=0
while IFS= read -r leaf; do
  hash=$( (printf '\\000'; printf '%s' "$leaf") | digest)
  for ((full = count; full % 2 == 1; full /= 2)); do
    hash=$(inner "\${peaks[\${#peaks[@]} - 1]}" "$hash")
    unset "peaks[\${#peaks[@]} - 1]"
  done
  peaks+=("$hash") count=$((count + 1))
done < leaves.ndjson
for ((peak = \${#peaks[@]} - 2; peak >= 0; peak--)); do hash=$(inner "\${peaks[peak]}" "$hash"); done
echo "$count events under the population's root $hash"
if grep -qF "\\"population\\":{\\"count\\":$count,\\"root\\":\\"$hash\\"}" manifest.json
then echo "OK: as the manifest says"; else echo "WRONG: the manifest says something else"; fi`,
  seen: 'OK: as the manifest says.',
});

const range = ({ first, last }: NonNullable<StepFacts['range']>): Step => ({
  title: 'No event between the first and the last is missing',
  why: [
    `Every position from ${first} to ${last} has its leaf here. With the step that proves each leaf in its place, nothing between them can have been left out.`,
  ],
  commands: `if [ "$(cut -d ' ' -f 1 proofs.txt)" = "$(seq ${first} ${last})" ]
then echo "OK: all of them"; else echo "WRONG: a position is missing"; fi`,
  seen: 'OK: all of them.',
});
