using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace StandIns.Tests;

public sealed class PostgreSqlClientTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=none;Timeout=1";

    [Fact]
    public void An_enriched_context_keeps_the_shared_data_source_and_retries()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(Nowhere));
        builder.Services.AddDbContextPool<Sample>((services, options) => options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>()));
        builder.EnrichNpgsqlDbContext<Sample>(settings => settings.CommandTimeout = 7);

        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<Sample>();

        Assert.True(context.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.Equal(7, context.Database.GetCommandTimeout());
        Assert.Same(host.Services.GetRequiredService<NpgsqlDataSource>(), DataSourceOf(context));
    }

    [Fact]
    public void A_context_by_name_takes_the_connection_string_and_retries()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:refresher"] = Nowhere;
        builder.AddNpgsqlDbContext<Sample>("refresher");

        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<Sample>();

        Assert.True(context.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.Contains("Port=1", context.Database.GetConnectionString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_connection_string_is_told_by_its_key_at_the_first_use()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddNpgsqlDbContext<Sample>("refresher");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        var missing = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<Sample>());

        Assert.Contains("ConnectionStrings:refresher", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Retries_can_be_switched_off_in_the_configuration()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:refresher"] = Nowhere;
        builder.Configuration["Aspire:Npgsql:EntityFrameworkCore:PostgreSQL:Sample:DisableRetry"] = "true";
        builder.AddNpgsqlDbContext<Sample>("refresher");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();

        Assert.False(scope.ServiceProvider.GetRequiredService<Sample>().Database.CreateExecutionStrategy().RetriesOnFailure);
    }

    [Fact]
    public void A_context_that_is_not_registered_cannot_be_enriched()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        Assert.Throws<InvalidOperationException>(() => builder.EnrichNpgsqlDbContext<Sample>());
    }

    [Fact]
    public async Task A_database_that_is_down_is_unhealthy_under_the_name_of_its_context()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContextPool<Sample>(options => options.UseNpgsql(Nowhere));
        builder.EnrichNpgsqlDbContext<Sample>(settings => settings.DisableRetry = true);
        builder.EnrichNpgsqlDbContext<Sample>(settings => settings.DisableRetry = true);
        using var host = builder.Build();

        var checks = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(nameof(Sample), Assert.Single(checks).Name);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries[nameof(Sample)].Status);
    }

    private static NpgsqlDataSource? DataSourceOf(DbContext context) =>
        context.GetService<IDbContextOptions>().Extensions.Select(extension => extension.GetType().GetProperty("DataSource")?.GetValue(extension))
            .OfType<NpgsqlDataSource>().SingleOrDefault();

    private sealed class Sample(DbContextOptions<Sample> options) : DbContext(options);
}
