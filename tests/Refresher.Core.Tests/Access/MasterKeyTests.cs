using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Testing;

namespace Refresher.Core.Tests.Access;

public sealed class MasterKeyTests
{
    private const string One = "one master key with enough characters", Two = "another master key, as long as the first";

    [Fact]
    public void What_is_wrapped_by_one_key_is_opened_by_it_alone()
    {
        var (one, two) = (Key(("MasterKey:Value", One))[0], Key(("MasterKey:Value", Two))[0]);
        var wrapped = one.Wrap([1, 2, 3]);

        Assert.Equal([1, 2, 3], one.Unwrap(wrapped));
        Assert.NotEqual(wrapped, one.Wrap([1, 2, 3]));
        Assert.Throws<AuthenticationTagMismatchException>(() => two.Unwrap(wrapped));
        wrapped[15] ^= 1;
        Assert.Throws<AuthenticationTagMismatchException>(() => one.Unwrap(wrapped));
        Assert.ThrowsAny<CryptographicException>(() => one.Unwrap([1, 2]));
        Assert.NotEqual(one.Id, two.Id);
    }

    [Fact]
    public void A_missing_key_and_one_that_could_be_guessed_are_named()
    {
        Assert.Contains("MasterKey:Value is missing", Assert.Throws<InvalidOperationException>(() => Key()).Message, StringComparison.Ordinal);
        Assert.Contains("MasterKey:Value has 8 characters; it needs 32", Assert.Throws<InvalidOperationException>(() => Key(("MasterKey:Value", "password"))).Message, StringComparison.Ordinal);
        Assert.Contains("MasterKey:File: there is no file /nowhere/key", Assert.Throws<InvalidOperationException>(() => Key(("MasterKey:File", "/nowhere/key"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_hold_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, One + "\n");

            Assert.Equal(Key(("MasterKey:Value", One))[0].Id, Key(("MasterKey:File", file))[0].Id);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_plain_key_from_before_is_read_and_known_to_need_wrapping()
    {
        var masters = Key(("MasterKey:Value", One));
        var key = XElement.Parse("<key id=\"a\"><secret>s</secret></key>");

        Assert.False(WrappedKey.Read(key.ToString(), masters).IsPresent);
        var (read, isPresent) = WrappedKey.Read(WrappedKey.Write(key, masters[0]), masters);
        Assert.True(isPresent && XNode.DeepEquals(key, read));
        Assert.Contains(masters[0].Id, Assert.Throws<WrongMasterKeyException>(() => WrappedKey.Read(WrappedKey.Write(key, masters[0]), Key(("MasterKey:Value", Two)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_alone_opens_nothing_and_a_change_of_the_master_key_loses_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        string secret;
        await using (var first = await HostAsync(database, ("MasterKey:Value", One)))
        {
            secret = Protector(first).Protect("the secret");
        }

        var stored = await StoredAsync(database, One);
        Assert.All(stored, xml => Assert.StartsWith("<wrapped by=", xml, StringComparison.Ordinal));

        // Another key reads nothing, says which one is needed, and makes none of its own.
        await using (var wrong = await HostAsync(database, ("MasterKey:Value", Two)))
        {
            var error = Assert.ThrowsAny<Exception>(() => Protector(wrong).Unprotect(secret));
            Assert.Contains("master key", error.GetBaseException().Message, StringComparison.Ordinal);
            Assert.ThrowsAny<Exception>(() => Protector(wrong).Protect("new"));
            var health = await wrong.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "master-key");
            Assert.Equal(HealthStatus.Unhealthy, health.Status);
            Assert.Contains("MasterKey:Previous", health.Entries["master-key"].Description, StringComparison.Ordinal);
        }

        Assert.Equal(stored, await StoredAsync(database, One));

        // While it is changed both are given; whoever reads a key wraps it anew.
        await using (var both = await HostAsync(database, ("MasterKey:Value", Two), ("MasterKey:Previous", One)))
        {
            Assert.Equal("the secret", Protector(both).Unprotect(secret));
        }

        await using (var after = await HostAsync(database, ("MasterKey:Value", Two)))
        {
            Assert.Equal("the secret", Protector(after).Unprotect(secret));
            var health = await after.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "master-key");
            Assert.Equal(HealthStatus.Healthy, health.Status);
        }
    }

    [Fact]
    public async Task Keys_from_before_there_was_a_master_key_are_wrapped_when_they_are_read()
    {
        await using var database = await TestDatabase.CreateAsync();
        string secret;
        await using (var first = await HostAsync(database, ("MasterKey:Value", One)))
        {
            secret = Protector(first).Protect("the secret");
            await using var scope = first.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
            foreach (var row in await db.DataProtectionKeys.ToListAsync())
            {
                var plain = WrappedKey.Read(row.Xml, Key(("MasterKey:Value", One))).Key.ToString();
                await db.DataProtectionKeys.Where(k => k.Id == row.Id).ExecuteUpdateAsync(k => k.SetProperty(x => x.Xml, plain));
            }
        }

        await using (var next = await HostAsync(database, ("MasterKey:Value", One)))
        {
            Assert.Equal("the secret", Protector(next).Unprotect(secret));
        }

        Assert.All(await StoredAsync(database, One), xml => Assert.StartsWith("<wrapped by=", xml, StringComparison.Ordinal));
    }

    private static Task<EngineHost> HostAsync(TestDatabase database, params (string Key, string Value)[] settings) => EngineHost.StartAsync(database, new KindCatalog(), "scheduler", settings);

    private static IDataProtector Protector(EngineHost host) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static async Task<List<string>> StoredAsync(TestDatabase database, string master)
    {
        await using var host = await HostAsync(database, ("MasterKey:Value", master), ("MasterKey:Previous", Two));
        return await host.WithAsync<RefresherDb, List<string>>(db => db.DataProtectionKeys.OrderBy(key => key.Id).Select(key => key.Xml).ToListAsync());
    }

    private static IReadOnlyList<MasterKey> Key(params (string Key, string Value)[] settings) => MasterKey.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
