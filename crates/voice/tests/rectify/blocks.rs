//! A receipt of a large closure vote is proved from one block of its tree, not from every ballot of a city.

use kernel::Id;
use kernel::db::insert_rows;
use kernel::id::Ids;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use voice::ballot::commitment::Commitment;
use voice::ballot::merkle::{BLOCK, Proof, Tree};
use voice::result::block::{self, Of};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// A round that was counted, with so many ballots; answers its poll and its tree.
async fn counted(city: &VoiceCity, ballots: usize) -> (Id, Tree) {
    let rating = Stage::open(city, 5).await.row().await;
    let commitments: Vec<Commitment> =
        (0..ballots).map(|number| Commitment(Sha256::digest(number.to_be_bytes()).into())).collect();
    let tree = Tree::of(commitments.clone()).unwrap();
    let tx = city.system().begin_bulk().await.unwrap();
    let (poll, case, file) = (tx.id(), tx.id(), tx.id());
    let row = "INSERT INTO poll (id, evaluation_id, purpose, round, issuer, public_key, key_hash, opens_on, closes_at,
        state) VALUES ($1, $2, 'closure', 1, 'blind_rsa', $3, $4, $5, $6, 'closed')";
    let (key, hash) = (rating.public_key.into(), rating.key_hash.into());
    let values = [poll.into(), rating.evaluation_id.into(), key, hash, tx.today().into(), tx.now().into()];
    tx.execute_sql(row, values).await.unwrap();
    let ballot = |one: &Commitment| vec![Ids::random().into(), poll.into(), one.0.to_vec().into(), vec![0_u8].into()];
    let rows = commitments.iter().map(ballot).collect();
    insert_rows(&tx, "ballot", &["id", "poll_id", "commitment", "sealed"], rows, "").await.unwrap();
    let row = "INSERT INTO rectification (id, evaluation_id, organization_id, opened_on) VALUES ($1, $2, $3, $4)";
    let values = [case.into(), rating.evaluation_id.into(), TestCity::UNION.into(), tx.today().into()];
    tx.execute_sql(row, values).await.unwrap();
    let row = "INSERT INTO file (id, purpose, name, bytes, digest, created_at) VALUES ($1, 'closure', 'a', 0, $2, $3)";
    tx.execute_sql(row, [file.into(), vec![0_u8; 32].into(), tx.now().into()]).await.unwrap();
    let row = "INSERT INTO closure_round (poll_id, rectification_id, round, form, form_hash, state, ballots, opened_on,
        closes_at, counted_on, file_id, hash, merkle_root)
        VALUES ($1, $2, 1, '{}', $3, 'counted', $4, $5, $6, $5, $7, $3, $8)";
    let values = [
        poll.into(),
        case.into(),
        vec![0_u8; 32].into(),
        (ballots as i64).into(),
        tx.today().into(),
        tx.now().into(),
        file.into(),
        tree.root().to_vec().into(),
    ];
    tx.execute_sql(row, values).await.unwrap();
    block::keep(&tx, Of::Closure(poll), &tree).await.unwrap();
    tx.commit(()).await.unwrap();
    (poll, tree)
}

kernel::both_engines! {
    async fn a_receipt_of_a_large_round_is_proved_from_one_block(city: VoiceCity) {
        let (poll, tree) = counted(&city, 2 * BLOCK + 100).await;
        let prove = async |one: &Commitment| -> Proof {
            let path = format!("/api/closures/{poll}/receipt?commitment={one}");
            let receipt = city.client().get(&path).await.ok();
            assert_eq!(receipt["merkle_root"], hex::encode(tree.root()));
            serde_json::from_value(receipt).unwrap()
        };
        let all = tree.commitments();
        for at in [0, BLOCK - 1, BLOCK, 2 * BLOCK + 99] {
            let proof = prove(&all[at]).await;
            assert_eq!(Some(proof.clone()), tree.proof(&all[at]), "the same as from the whole tree");
            assert!(proof.leads_to(&tree.root(), &all[at]));
        }
        let stranger = format!("/api/closures/{poll}/receipt?commitment={}", "ab".repeat(32));
        city.client().get(&stranger).await.refused(404, "receipt.unknown");
        // Blocks are not changed; and a ballot far away is not even looked at.
        for sql in ["UPDATE closure_block SET number = number + 9", "DELETE FROM closure_block"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let tx = city.system().begin().await.unwrap();
        let gone = "DELETE FROM ballot WHERE commitment = $1";
        assert_eq!(tx.execute_sql(gone, [all[2 * BLOCK].0.to_vec().into()]).await.unwrap(), 1);
        tx.commit(()).await.unwrap();
        assert_eq!(Some(prove(&all[5]).await), tree.proof(&all[5]));
    }
}
