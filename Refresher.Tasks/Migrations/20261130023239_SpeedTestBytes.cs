using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class SpeedTestBytes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "bytes",
                table: "speed_tests",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);
            migrationBuilder.Sql("UPDATE speed_tests SET bytes = coalesce(download_bytes, 0) + coalesce(upload_bytes, 0)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "bytes",
                table: "speed_tests");
        }
    }
}
