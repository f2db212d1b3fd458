using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Queue;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>What people and programs do to calendars. Schedulers are told afterwards, so that it acts at once.</summary>
public sealed class CalendarCommands(RefresherDb db, CalendarQueries queries, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Schedules that a refusal names.</summary>
    private const int Named = 5;

    public async Task<Result<Calendar>> CreateAsync(CalendarInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (CalendarReader.Read(input, errors) is null)
        {
            return Result<Calendar>.Invalid(errors);
        }

        if (await db.Calendars.AnyAsync(c => c.Name == input.Name, cancel))
        {
            return NameTaken(input.Name!);
        }

        var now = clock.GetUtcNow();
        var calendar = new Calendar { Name = input.Name!, TimeZone = "UTC", Rules = [], CreatedAt = now };
        db.Add(Fill(calendar, input, now));
        audit.Add("calendar.create", Subject(calendar), null, Document(calendar));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return NameTaken(input.Name!);
        }

        return await DoneAsync(calendar);
    }

    /// <summary>Replaces all but the name. Occurrences that are due from now on go by it.</summary>
    public async Task<Result<Calendar>> ReplaceAsync(string name, CalendarInput input, CancellationToken cancel)
    {
        if (await db.Calendars.SingleOrDefaultAsync(c => c.Name == name, cancel) is not { } calendar)
        {
            return Result<Calendar>.NotFound;
        }

        var errors = new FieldErrors();
        if (input.Name is { } other && other != name)
        {
            errors.Add("name", $"name: it stays '{name}', since schedules refer to it. Make another calendar for another name.");
        }

        if (CalendarReader.Read(input with { Name = name }, errors) is null)
        {
            return Result<Calendar>.Invalid(errors);
        }

        var before = Document(calendar);
        Fill(calendar, input, clock.GetUtcNow());
        audit.Add("calendar.update", Subject(calendar), before, Document(calendar));
        await db.SaveChangesAsync(cancel);
        return await DoneAsync(calendar);
    }

    /// <summary>Deletes a calendar that no schedule refers to.</summary>
    public async Task<Result<Calendar>> DeleteAsync(string name, CancellationToken cancel)
    {
        var deleted = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);

            // Whoever makes a schedule that refers to it holds a share of this row until that is committed.
            if (await db.Calendars.FromSql($"SELECT * FROM calendars WHERE name = {name} FOR UPDATE").AsNoTracking().SingleOrDefaultAsync(cancel) is not { } calendar)
            {
                return Result<Calendar>.NotFound;
            }

            if (await queries.UsersAsync(name, Named + 1, cancel) is { Count: > 0 } users)
            {
                var named = string.Join(", ", users.Take(Named)) + (users.Count > Named ? " and others" : "");
                return Result<Calendar>.Refused($"The calendar '{name}' is in use by {named}. Take it out of them first.");
            }

            await db.Calendars.Where(c => c.Name == name).ExecuteDeleteAsync(cancel);
            await AuditLog.WriteAsync((NpgsqlConnection)db.Database.GetDbConnection(), [audit.Entry("calendar.delete", Subject(calendar), Document(calendar), null)], cancel);
            await transaction.CommitAsync(cancel);
            return Result<Calendar>.Done(calendar);
        });
        return deleted.Value is { } gone ? await DoneAsync(gone) : deleted;
    }

    private async Task<Result<Calendar>> DoneAsync(Calendar calendar)
    {
        await signals.PublishAsync([LiveSignal.Calendars]);
        return Result<Calendar>.Done(calendar);
    }

    private static Calendar Fill(Calendar calendar, CalendarInput input, DateTimeOffset now)
    {
        calendar.Description = input.Description ?? "";
        calendar.TimeZone = input.TimeZone ?? "UTC";
        calendar.Only = input.Only is true;
        calendar.Rules = [.. input.Rules!.Select(rule => rule.Trim())];
        calendar.UpdatedAt = now;
        return calendar;
    }

    private static AuditSubject Subject(Calendar calendar) => new("calendar", calendar.Name, calendar.Name);

    private static JsonObject Document(Calendar calendar) => new()
    {
        ["description"] = calendar.Description,
        ["timeZone"] = calendar.TimeZone,
        ["only"] = calendar.Only,
        ["rules"] = JsonSerializer.SerializeToNode(calendar.Rules),
    };

    private static Result<Calendar> NameTaken(string name) => Result<Calendar>.Invalid(new FieldErrors().Add("name", $"name: there is a calendar '{name}' already."));
}
