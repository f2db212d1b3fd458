using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Data;
using Refresher.Core.Queue;

namespace Refresher.Web.Tests.Pages;

public sealed class SystemPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task The_system_page_tells_of_every_server_and_of_the_hosts()
    {
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync("/system");

        Site.AssertClean("/system", html);
        Assert.Contains("Largest tables", html, StringComparison.Ordinal);
        Assert.Contains("<code>schedule", html, StringComparison.Ordinal);
        Assert.Contains("at most", html, StringComparison.Ordinal);
        Assert.Contains("from the outbox, without Kafka", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_PostgreSQL_says_of_itself_is_read_without_its_statistics_of_statements()
    {
        var facts = await web.UseAsync(services => services.GetRequiredService<DatabaseInfo>().ReadAsync(CancellationToken.None));

        Assert.True(facts.Size > 0);
        Assert.InRange(facts.Connections, 1, facts.MostConnections);
        Assert.InRange(facts.Tables.Count, 5, 10);
        Assert.Equal(facts.Tables.OrderByDescending(table => table.Size), facts.Tables);
        Assert.False(facts.Slow.AreCounted);
    }

    [Fact]
    public async Task What_goes_on_for_long_is_listed_without_what_only_a_few_should_read()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(web.Database.ConnectionString);
        using var end = new CancellationTokenSource();
        var sleeps = new[] { "SELECT pg_sleep(60), 'seen'", "DO $$ BEGIN PERFORM pg_sleep(60); END $$ /* not seen */" }.Select(sql => SleepAsync(source, sql, end.Token)).ToArray();

        var facts = await Testing.Eventually.SeeAsync(
            () => web.UseAsync(services => services.GetRequiredService<DatabaseInfo>().ReadAsync(CancellationToken.None)), seen => seen.Slow.Queries.Any(query => query.Text.Contains("'seen'", StringComparison.Ordinal)), seconds: 30);

        await end.CancelAsync();
        await Task.WhenAll(sleeps);
        Assert.All(facts.Slow.Queries, query => Assert.DoesNotContain("not seen", query.Text, StringComparison.Ordinal));
        Assert.True(facts.Slow.Queries[0].Mean >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_Redis_says_of_itself_is_read()
    {
        var facts = await web.UseAsync(services => services.GetRequiredService<RedisInfo>().ReadAsync());

        Assert.StartsWith("7.", facts.Version, StringComparison.Ordinal);
        Assert.True(facts.Memory > 0);
        Assert.True(facts.Clients > 0);
    }

    private static async Task SleepAsync(Npgsql.NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        try
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // It was seen.
        }
    }
}
