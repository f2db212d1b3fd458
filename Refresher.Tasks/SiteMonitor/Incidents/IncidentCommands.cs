using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Incidents;

/// <summary>A note to an incident as a person gives it.</summary>
public sealed record NoteInput
{
    [Required(ErrorMessage = "text is needed: 1 to 2000 characters.")]
    [StringLength(2000, ErrorMessage = "text: at most 2000 characters.")]
    public string? Text { get; init; }

    /// <summary>True: visitors of a status page may read it.</summary>
    public bool? Public { get; init; }
}

/// <summary>What people and programs do to incidents: they open and close by themselves, and people write notes.</summary>
public sealed class IncidentCommands(RefresherDb db, Actor actor, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Notes that an incident may have.</summary>
    private const int MostNotes = 200;

    /// <returns>The note; not found when there is no such incident.</returns>
    public async Task<Result<IncidentUpdate>> NoteAsync(Guid id, NoteInput input, CancellationToken cancel)
    {
        if (await db.Set<Incident>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancel) is not { } incident)
        {
            return Result<IncidentUpdate>.NotFound;
        }

        var errors = JsonInput.Validate(input, new FieldErrors());
        if (input.Text?.Contains('\0', StringComparison.Ordinal) is true)
        {
            errors.Add("text", "text: the character NUL (\\u0000) cannot be stored.");
        }

        if (errors.Count > 0)
        {
            return Result<IncidentUpdate>.Invalid(errors);
        }

        if (await db.Set<IncidentUpdate>().CountAsync(u => u.IncidentId == id && u.Kind == IncidentUpdateKind.Note, cancel) >= MostNotes)
        {
            return Result<IncidentUpdate>.Refused($"This incident has {MostNotes} notes already; there is no room for more.");
        }

        var now = clock.GetUtcNow();
        var note = new IncidentUpdate
        {
            Id = Guid.CreateVersion7(now),
            IncidentId = id,
            At = now,
            Kind = IncidentUpdateKind.Note,
            Text = input.Text!.Trim(),
            Author = actor.Name,
            IsPublic = input.Public is true,
        };
        db.Add(note);
        audit.Add("incident.note", new AuditSubject("incident", id.ToString(), incident.SiteKey), null, new JsonObject { ["text"] = note.Text, ["public"] = note.IsPublic });
        await db.SaveChangesAsync(cancel);
        await signals.PublishAsync([SiteTopics.Changed, SiteTopics.Of(incident.SiteId)]);
        return Result<IncidentUpdate>.Done(note);
    }
}
