using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.AppHost;

/// <summary>The first password of <c>admin</c>, the first Api key, and the master key of what is encrypted: random, and the only ones there are.</summary>
internal sealed record FirstLogin(IResourceBuilder<ParameterResource> AdminPassword, IResourceBuilder<ParameterResource> ApiKey, IResourceBuilder<ParameterResource> MasterKey)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Generated secret parameters; run locally their values are kept in <c>credentials.json</c>, so that they survive a restart.</summary>
    public static FirstLogin Of(IDistributedApplicationBuilder builder, LocalRun local)
    {
        if (builder.ExecutionContext.IsRunMode && local.Only is null)
        {
            var known = Keep(local);
            builder.Configuration["Parameters:admin-password"] ??= known.Web.Password;
            builder.Configuration["Parameters:api-key"] ??= known.Api.Key;
            builder.Configuration["Parameters:master-key"] ??= KeepMasterKey(local);
        }

        return new(
            builder.AddParameter("admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true),
            builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true),
            builder.AddParameter("master-key", new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true));
    }

    /// <summary>The kept credentials, made anew when there are none or the data is thrown away.</summary>
    public static Credentials Keep(LocalRun local)
    {
        var path = Path.Combine(local.State, "credentials.json");
        if (!local.Fresh && File.Exists(path) && JsonSerializer.Deserialize<Credentials>(File.ReadAllText(path), s_json) is { } kept)
        {
            return kept;
        }

        var made = new Credentials(new("admin", Random(22)), new(Random(40)));
        Directory.CreateDirectory(local.State);
        PrivateFile.Write(path, JsonSerializer.Serialize(made, s_json));
        return made;
    }

    /// <summary>The kept master key, in a file of its own: nobody types it, and the data cannot be read without it.</summary>
    private static string KeepMasterKey(LocalRun local)
    {
        var path = Path.Combine(local.State, "master.key");
        if (!local.Fresh && File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        var made = Random(48);
        PrivateFile.Write(path, made + "\n");
        return made;
    }

    private static string Random(int length) => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", length);
}

/// <summary>The shape of <c>.refresher/credentials.json</c>.</summary>
internal sealed record Credentials([property: JsonRequired] WebCredentials Web, [property: JsonRequired] ApiCredentials Api);

internal sealed record WebCredentials(string User, string Password);

internal sealed record ApiCredentials(string Key);
