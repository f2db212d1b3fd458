using Npgsql;
using Refresher.Testing;

namespace Refresher.AppHost.Tests;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Two_tests_do_not_see_each_others_rows()
    {
        await using var one = await TestDatabase.CreateAsync();
        await using var other = await TestDatabase.CreateAsync();

        await ExecuteAsync(one.ConnectionString, "CREATE TABLE mine (id int)");

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(other.ConnectionString, "SELECT * FROM mine"));
        Assert.NotEqual(one.RedisConnectionString, other.RedisConnectionString);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
