"""What only training needs: recipes, the loop, publishing, cards. The app never imports it."""
