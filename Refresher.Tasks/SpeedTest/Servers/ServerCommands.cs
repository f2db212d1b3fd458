using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Tasks.SpeedTest.Polite;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>What people and programs do to directories, servers of their own and the settings that all tests share. Each act is in the audit.</summary>
internal sealed class ServerCommands(RefresherDb db, DirectoryReader reader, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Servers of their own that people may name.</summary>
    public const int MostOwn = 200;

    /// <summary>Switches a directory on or off, or gives it another list. Switched on, its list is read at once; off, its servers are forgotten.</summary>
    public async Task<Result<DirectoryState>> SetAsync(string name, DirectoryInput input, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(input, new FieldErrors());
        var list = input.ListUrl is { Length: > 0 } other ? Address(other, "listUrl", errors) : null;
        if (reader.Find(name) is not { } directory)
        {
            return Result<DirectoryState>.NotFound;
        }

        var state = await reader.StateAsync(name, cancel);
        if (input.Enabled is true && directory.Terms is { } terms && state.TermsAcceptedAt is null && input.AcceptTerms is not true)
        {
            errors.Add("acceptTerms", $"acceptTerms: {directory.Title} can be used by who accepts the terms at {terms}: read them, and send true.");
        }

        if (errors.Count > 0)
        {
            return Result<DirectoryState>.Invalid(errors);
        }

        var before = Document(state);
        state.TermsAcceptedAt ??= input.AcceptTerms is true && directory.Terms is not null ? clock.GetUtcNow() : null;
        state.Enabled = input.Enabled ?? state.Enabled;
        if (input.ListUrl is not null && state.ListUrl != list?.ToString())
        {
            (state.ListUrl, state.ReadAt, state.Failure) = (list?.ToString(), null, null);
        }

        if (!state.Enabled)
        {
            (state.ReadAt, state.TriedAt, state.Failure) = (null, null, null);
            db.RemoveRange(await db.Set<KnownServer>().Where(s => s.Directory == name && !(s.RestsUntil > clock.GetUtcNow())).ToListAsync(cancel));
        }

        audit.Add("speedDirectory.update", new AuditSubject("speedDirectory", name, directory.Title), before, Document(state));
        await db.SaveChangesAsync(cancel);
        if (state.Enabled && state.ReadAt is null)
        {
            await reader.RefreshAsync(name, onlyIfOld: false, cancel);
        }

        await signals.PublishAsync([new(SpeedTopics.Servers)]);
        return Result<DirectoryState>.Done(state);
    }

    /// <summary>Reads a directory's list again.</summary>
    public async Task<Result<DirectoryState>> RefreshAsync(string name, CancellationToken cancel)
    {
        if (reader.Find(name) is null)
        {
            return Result<DirectoryState>.NotFound;
        }

        var failure = await reader.RefreshAsync(name, onlyIfOld: false, cancel);
        await signals.PublishAsync([new(SpeedTopics.Servers)]);
        return failure is null ? Result<DirectoryState>.Done(await reader.StateAsync(name, cancel)) : Result<DirectoryState>.Refused(failure);
    }

    /// <summary>Adds a server of one's own, or changes what is said of it.</summary>
    public async Task<Result<KnownServer>> PutAsync(ServerInput input, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(input, new FieldErrors());
        var url = input.Url is { Length: > 0 } address ? Address(address, "url", errors) : null;
        if ((input.Latitude is null) != (input.Longitude is null))
        {
            errors.Add(input.Latitude is null ? "latitude" : "longitude", "latitude and longitude: give both, or neither.");
        }

        var country = Countries.Find(input.Country);
        if (input.Country is { Length: > 0 } && country is null)
        {
            errors.Add("country", $"country: '{input.Country}' is no country that is known here; give its English name or its ISO code, like DE.");
        }

        if (errors.Count > 0)
        {
            return Result<KnownServer>.Invalid(errors);
        }

        var server = new SpeedServer
        {
            Url = url!,
            Directory = OwnServers.Name,
            Name = input.Name?.Trim() ?? "",
            Sponsor = input.Sponsor,
            City = input.City,
            Country = country?.Name,
            CountryCode = country?.Code,
            Latitude = input.Latitude ?? country?.Middle.Latitude,
            Longitude = input.Longitude ?? country?.Middle.Longitude,
            Precision = input.Latitude is not null ? PlacePrecision.Stated : country is not null ? PlacePrecision.Country : PlacePrecision.Unknown,
        };
        var known = await db.Set<KnownServer>().SingleOrDefaultAsync(s => s.Url == server.Key, cancel);
        if (known is { Directory: not OwnServers.Name } or { Configured: true })
        {
            return Result<KnownServer>.Refused(known.Configured ? "This server stands in the configuration: change it there." : $"This server is on the list of '{known.Directory}': it is used from there.");
        }

        if (known is null && await db.Set<KnownServer>().CountAsync(s => s.Directory == OwnServers.Name, cancel) >= MostOwn)
        {
            return Result<KnownServer>.Refused($"There are {MostOwn} servers of your own, and no more are possible. Remove some first.");
        }

        var before = known is null ? null : Document(known);
        if (known is null)
        {
            db.Add(known = KnownServer.Of(server, clock.GetUtcNow()));
        }

        known.Describe(server);
        audit.Add(before is null ? "speedServer.create" : "speedServer.update", Subject(known), before, Document(known));
        return await SavedAsync(known, cancel);
    }

    /// <summary>Forgets a server of one's own. Its tests stay.</summary>
    public async Task<Result<KnownServer>> RemoveAsync(string url, CancellationToken cancel)
    {
        var key = url.TrimEnd('/');
        if (await db.Set<KnownServer>().SingleOrDefaultAsync(s => s.Url == key && s.Directory == OwnServers.Name, cancel) is not { } known)
        {
            return Result<KnownServer>.NotFound;
        }

        db.Remove(known);
        audit.Add("speedServer.delete", Subject(known), Document(known), null);
        return await SavedAsync(known, cancel);
    }

    /// <summary>Changes the settings that all tests share.</summary>
    public async Task<Result<SpeedSetup>> SetAsync(SpeedSetupInput input, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(input, new FieldErrors());
        if (input.PublicSchedule is { Length: > 0 } key && !await db.Schedules.AnyAsync(s => s.Key == key && s.Kind == SpeedTestTask.Name, cancel))
        {
            errors.Add("publicSchedule", $"publicSchedule: there is no schedule of speed tests with the key '{key}'.");
        }

        if (errors.Count > 0)
        {
            return Result<SpeedSetup>.Invalid(errors);
        }

        var setup = await SpeedSetup.TrackedAsync(db, cancel);
        var before = Document(setup);
        setup.MonthlyMegabytes = input.MonthlyMegabytes switch { null => setup.MonthlyMegabytes, 0 => null, { } most => most };
        setup.Published = input.Published ?? setup.Published;
        setup.PublicTitle = input.PublicTitle?.Trim() ?? setup.PublicTitle;
        setup.PublicSchedule = input.PublicSchedule switch { null => setup.PublicSchedule, "" => null, { } one => one };
        audit.Add("speedSetup.update", new AuditSubject("speedSetup", SpeedSetup.Main, "Speed tests"), before, Document(setup));
        return await SavedAsync(setup, cancel);
    }

    private async Task<Result<T>> SavedAsync<T>(T value, CancellationToken cancel)
        where T : class
    {
        await db.SaveChangesAsync(cancel);
        await signals.PublishAsync([new(SpeedTopics.Servers)]);
        return Result<T>.Done(value);
    }

    private static Uri? Address(string text, string field, FieldErrors errors)
    {
        if (Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url is { UserInfo: "", Fragment: "" })
        {
            return url;
        }

        errors.Add(field, $"{field}: a whole address that begins with https:// or http://, without a name and password.");
        return null;
    }

    private static AuditSubject Subject(KnownServer server) => new("speedServer", server.Url, server.Name);

    private static JsonObject Document(DirectoryState state) => new() { ["enabled"] = state.Enabled, ["listUrl"] = state.ListUrl, ["termsAcceptedAt"] = state.TermsAcceptedAt };

    private static JsonObject Document(SpeedSetup setup) => new()
    {
        ["monthlyMegabytes"] = setup.MonthlyMegabytes,
        ["published"] = setup.Published,
        ["publicTitle"] = setup.PublicTitle,
        ["publicSchedule"] = setup.PublicSchedule,
    };

    private static JsonObject Document(KnownServer server) => new()
    {
        ["url"] = server.Url,
        ["name"] = server.Name,
        ["sponsor"] = server.Sponsor,
        ["city"] = server.City,
        ["country"] = server.Country,
        ["latitude"] = server.Latitude,
        ["longitude"] = server.Longitude,
    };
}

/// <summary>Live topics of speed tests.</summary>
internal static class SpeedTopics
{
    /// <summary>A test ended.</summary>
    public const string Tests = "speed-tests";

    /// <summary>A directory, a server or a setting changed.</summary>
    public const string Servers = "speed-servers";
}
