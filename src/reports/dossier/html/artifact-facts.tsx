import { LedgerLink, Words } from '../../html/words.js';
import type { ArtifactSection } from '../artifact.js';
import type { Identities } from '../identities.js';
import { isNone, type None } from '../words.js';
import { Digest, Fact, FactsList, Nothing, Says, Time } from './facts-list.js';

export const Who = ({ identities: { author, builder, promoter, switchedBy } }: { identities: Identities }) => (
  <FactsList>
    <Fact name="Wrote it">
      {isNone(author) ? (
        <Nothing why={author.none} />
      ) : (
        <>
          <Words text={author.subject} />
          <Says by={author} />
        </>
      )}
    </Fact>
    <Fact name="Built it" wide>
      {isNone(builder) ? <Nothing why={builder.none} /> : <Builder builder={builder} />}
    </Fact>
    <Fact name="Approved it">
      <span class="unrecorded">Not recorded</span>
    </Fact>
    <Fact name="Asked for it" wide>
      {isNone(promoter) ? <Nothing why={promoter.none} /> : <Promoter promoter={promoter} />}
    </Fact>
    {switchedBy && (
      <Fact name="Ended it">
        <Promoter promoter={switchedBy} />
      </Fact>
    )}
  </FactsList>
);

const Builder = ({ builder }: { builder: Exclude<Identities['builder'], None> }) => (
  <>
    <Words text={builder.pipeline} />, run <Words text={builder.run.id} />
    {builder.triggeredBy !== undefined && (
      <>
        , started by <Words text={builder.triggeredBy} />
      </>
    )}
    <Says by={builder} />
  </>
);

const Promoter = ({ promoter }: { promoter: Exclude<Identities['promoter'], None> }) => (
  <>
    <Words text={promoter.subject} />
    {promoter.pipeline !== undefined && (
      <>
        {' '}
        for <Words text={promoter.pipeline} />
      </>
    )}
    {promoter.channel === 'import' && ', by an import'}
    <Says by={promoter} />
  </>
);

export const ArtifactFacts = ({ artifact }: { artifact: ArtifactSection | None }) => {
  if (isNone(artifact)) return <Nothing why={artifact.none} />;
  const { source, base, configuration, revoked, lineage } = artifact;
  return (
    <>
      {revoked && (
        <p class="alarm">
          Revoked at <Time at={revoked.at} /> by <Words text={revoked.actor} /> ({revoked.severity})
          {revoked.reason !== undefined && (
            <>
              : <Words text={revoked.reason} />
            </>
          )}
        </p>
      )}
      {!artifact.knownAtDecision && <p class="alarm">It was baked only after this was decided.</p>}
      <FactsList>
        <Fact name="Artifact">
          <Words text={`${artifact.component} ${artifact.version}`} />, {artifact.layer}
        </Fact>
        <Fact name="Digest">
          <Digest digest={artifact.digest} link={artifact.links.artifact} />
        </Fact>
        <Fact name="Source" wide>
          <Words text={source.repository} /> at{' '}
          <LedgerLink to={artifact.links.trace}>
            <Words text={source.commit} />
          </LedgerLink>
          {source.ref !== undefined && (
            <>
              , <Words text={source.ref} />
            </>
          )}
        </Fact>
        {source.committedAt !== undefined && (
          <Fact name="Committed">
            <Time at={source.committedAt} />
          </Fact>
        )}
        <Fact name="Baked">
          <Time at={artifact.bakedAt} />, {artifact.runs.length === 1 ? 'one run' : `${artifact.runs.length} runs`},
          proof: {artifact.proof}
        </Fact>
        {configuration !== undefined && (
          <Fact name="Configuration">
            <Digest digest={configuration} />
          </Fact>
        )}
        <Fact name="Built on">{base === undefined ? 'no base named' : <Bases lineage={lineage} />}</Fact>
      </FactsList>
    </>
  );
};

const Bases = ({ lineage }: { lineage: ArtifactSection['lineage'] }) => (
  <>
    {lineage.map(({ digest, component, version, revoked }, index) => (
      <>
        {index > 0 && ', on '}
        {component === undefined ? <Digest digest={digest} /> : <Words text={`${component} ${version ?? ''}`} />}
        {component === undefined && ' (no pipeline baked it)'}
        {revoked && <strong class="outcome failed"> revoked</strong>}
      </>
    ))}
  </>
);
