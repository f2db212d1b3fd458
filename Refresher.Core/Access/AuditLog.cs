using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Access;

/// <summary>
/// Keeps what people and programs do to the system. An entry is written by the caller's own context or transaction, so that what is done
/// and the record of it commit together or not at all. Whoever gives states masks the secrets in them.
/// </summary>
public sealed class AuditLog(RefresherDb db, Actor actor, TimeProvider clock)
{
    private const int MostName = 200;

    private const string Sql = """
        INSERT INTO audit_entries (id, at, actor, actor_kind, action, subject_type, subject_id, subject_name, before, after)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    /// <summary>Adds an entry to the context: it is written with what else the context saves.</summary>
    /// <inheritdoc cref="Entry"/>
    public void Add(string action, AuditSubject subject, JsonObject? before, JsonObject? after) => db.Add(Entry(action, subject, before, after));

    /// <summary>An entry to be written by <see cref="WriteAsync"/>.</summary>
    /// <param name="action"><c>subject.verb</c>.</param>
    /// <param name="before">Null when there was nothing, or nothing worth telling. Taken over: the caller uses it no more.</param>
    /// <param name="after">Null when nothing is left. Taken over.</param>
    public AuditEntry Entry(string action, AuditSubject subject, JsonObject? before, JsonObject? after)
    {
        if (before is not null && after is not null)
        {
            AuditedJson.KeepDifferences(before, after);
        }

        var now = clock.GetUtcNow();
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            Actor = actor.Name,
            ActorKind = actor.Kind,
            Action = action,
            SubjectType = subject.Type,
            SubjectId = subject.Id,
            SubjectName = Data.StoredText.Clean(subject.Name, MostName),
            Before = AuditedJson.Write(before),
            After = AuditedJson.Write(after),
        };
    }

    /// <summary>Writes entries over a connection, in its transaction.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<AuditEntry> entries, CancellationToken cancel)
    {
        if (entries.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                Column(entry => entry.Id),
                Column(entry => entry.At),
                Column(entry => entry.Actor),
                Column(entry => Words<ActorKind>.Of(entry.ActorKind)),
                Column(entry => entry.Action),
                Column(entry => entry.SubjectType),
                Column(entry => entry.SubjectId),
                Column(entry => entry.SubjectName),
                new() { Value = entries.Select(entry => entry.Before).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                new() { Value = entries.Select(entry => entry.After).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);

        NpgsqlParameter Column<T>(Func<AuditEntry, T> value) => new() { Value = entries.Select(value).ToArray() };
    }
}
